"""The bill of materials lists the packages of the image, and the audit asks about each."""

import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy import audit
from deploy.sbom import main, packages
from tests.promised import promise

VULNERABLE = {
    "name": "sample", "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"]}],
}  # fmt: skip
SOUND = {"name": "other", "version": "2.0", "vulns": []}
UNASKED = {"name": "third", "skip_reason": "not found"}


def test_the_bill_of_materials_is_valid_cyclonedx_and_names_every_pinned_package(
    tmp_path: Path,
) -> None:
    main(str(tmp_path / "sbom.json"))
    text = (tmp_path / "sbom.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    named = {(c["name"], c["version"]) for c in json.loads(text)["components"]}
    assert set(packages()) <= named
    assert ("python", "3.13-slim") in named
    assert len(list(packages())) == (Path("requirements.txt").read_text()).count("==")


def test_the_same_commit_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        main(str(tmp_path / name))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@promise("Operation", "A known vulnerability fails the build.")
def test_a_known_vulnerability_fails_and_is_named() -> None:
    said, ending = audit.judge([VULNERABLE, SOUND])
    assert ending == 1
    assert "  sample 1.0: PYSEC-1, mended in 1.1" in said


def test_an_ignored_vulnerability_does_not_fail_the_audit_and_is_reported_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit, "IGNORED", {"CVE-1": "not called here"})
    said, ending = audit.judge([VULNERABLE, SOUND])
    assert ending == 0
    assert "audit: ignored CVE-1: not called here" in said


@promise(
    "Operation",
    "A package that could not be asked about is named, and never taken for sound.",
)
def test_a_package_that_the_audit_could_not_ask_about_is_reported_and_never_taken_for_sound() -> (
    None
):
    said, ending = audit.judge([SOUND, UNASKED])
    assert ending == 0 and "audit: NOT ASKED about 1 packages; nothing is known of them." in said
    said, ending = audit.judge("ConnectionError")
    assert ending == 0 and said[0].startswith("audit: NOT ASKED (ConnectionError)")


def test_each_ignored_vulnerability_has_a_reason() -> None:
    assert all(len(why.split()) > 3 for why in audit.IGNORED.values())
