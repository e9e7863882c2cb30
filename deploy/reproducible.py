"""Checks that one commit gives one image: `python -m deploy.reproducible`

It builds the image twice from nothing and compares each layer, byte for byte with its times. Where
a layer differs, it names the files that do. It ends with 1 where anything differs.
"""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
TAGS = ("education-partnership:one", "education-partnership:other")


OF_THE_ENGINE = (
    "dev",
    "etc/hostname",
    "etc/hosts",
    "etc/mtab",
    "etc/resolv.conf",
    ".dockerenv",
    "etc",
)


def build(tag: str) -> None:
    pip = os.environ.get("PIP_CONFIG_FILE", "/dev/null")
    subprocess.run(
        ["docker", "build", "-q", "--no-cache", "--secret", f"id=pip,src={pip}",
         "-f", "deploy/Dockerfile", "-t", tag, "."],
        cwd=ROOT, env={**os.environ, "DOCKER_BUILDKIT": "1"}, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


def layers(tag: str) -> list[str]:
    """The digests of the image's layers."""
    asked = ["docker", "image", "inspect", "-f", "{{json .RootFS.Layers}}", tag]
    told: list[str] = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    return told


def files(tag: str) -> dict[str, tuple[str, int, int, int, float]]:
    """The content's hash, the mode, the owner and the time of each file."""
    made = subprocess.run(["docker", "create", tag], capture_output=True, text=True, check=True)
    container = made.stdout.strip()
    found = {}
    exporting = subprocess.Popen(["docker", "export", container], stdout=subprocess.PIPE)
    with tarfile.open(fileobj=exporting.stdout, mode="r|") as archive:
        for member in archive:
            if member.name.startswith("dev/") or member.name in OF_THE_ENGINE:
                continue
            content = archive.extractfile(member) if member.isfile() else None
            hashed = hashlib.sha256(content.read() if content else b"").hexdigest()
            found[member.name] = (hashed, member.mode, member.uid, member.gid, member.mtime)
    exporting.wait()
    subprocess.run(["docker", "rm", container], stdout=subprocess.DEVNULL, check=True)
    return found


def compare() -> tuple[int, int, list[str]]:
    """How many layers are the same, of how many, and the files that differ."""
    for tag in TAGS:
        build(tag)
    one, other = (layers(tag) for tag in TAGS)
    same = sum(a == b for a, b in zip(one, other, strict=True))
    differing: list[str] = []
    if one != other:
        a, b = (files(tag) for tag in TAGS)
        differing = sorted(name for name in {*a, *b} if a.get(name) != b.get(name))
    subprocess.run(["docker", "rmi", *TAGS], stdout=subprocess.DEVNULL, check=True)
    return same, len(one), differing


def main() -> int:
    same, of, differing = compare()
    print(f"image: {same} of {of} layers are the same in two builds.")
    print("\n".join(f"  differs: {name}" for name in differing[:50]))
    return 1 if same < of else 0


if __name__ == "__main__":
    sys.exit(main())
