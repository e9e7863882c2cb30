"""Writes the image's bill of materials, as CycloneDX: `python -m deploy.sbom FILE`.

It is made from requirements.txt alone, so that one commit gives the same bytes; licenses are those
that the installed packages name. The purl says where a package comes from; its hashes are in
requirements.txt.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)
FROM = re.compile(r"^FROM (\S+):(\S+?)(?: AS \w+)?$", re.MULTILINE)
LICENSE_CHARACTERS = 100  # longer is a license's whole text


def packages() -> Iterator[tuple[str, str]]:
    """(name, version) of each pinned package."""
    for found in PINNED.finditer((ROOT / "requirements.txt").read_text()):
        yield found[1], found[2].rstrip("\\").strip()


def sbom() -> dict[str, Any]:
    """The bill of materials, a CycloneDX 1.6 document."""
    base = sorted(set(FROM.findall((ROOT / "deploy" / "Dockerfile").read_text())))
    components = [
        *(
            {"type": "container", "name": name, "version": tag,
             "bom-ref": f"{name}:{tag}", "purl": f"pkg:docker/{name}@{tag}"}
            for name, tag in base
        ),
        *(_library(name, version) for name, version in packages()),
    ]  # fmt: skip
    named = json.dumps(components, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, named)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "name": "education-partnership-platform",
                "bom-ref": "education-partnership-platform",
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
    }  # fmt: skip


def _library(name: str, version: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
    made = {"type": "library", "name": name, "version": version, "bom-ref": purl, "purl": purl}
    license = _license(name)
    return made | ({"licenses": [{"license": {"name": license}}]} if license else {})


def _license(name: str) -> str:
    try:
        known: Any = distribution(name).metadata
    except PackageNotFoundError:
        return ""
    said = known.get("License-Expression") or known.get("License") or ""
    if said and len(said) <= LICENSE_CHARACTERS and "\n" not in said:
        return str(said)
    classified = [c for c in known.get_all("Classifier") or [] if c.startswith("License ::")]
    return classified[0].rpartition(":: ")[2] if classified else ""


def main(file: str) -> None:
    made = sbom()
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(json.dumps(made, indent=1) + "\n")
    print(f"Wrote {len(made['components'])} components to {file}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
