"""OneRoster packages for tests."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.students.exchange.oneroster_schema.rules import LAYOUTS

FILES_12 = [
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courseResources",
    "courses",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
]


def zip_of(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return out.getvalue()


def zip_of_folder(folder: Path) -> bytes:
    return zip_of({file.name: file.read_bytes() for file in sorted(folder.glob("*.csv"))})


def csv_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue()


def manifest_of(version: str, modes: Mapping[str, str]) -> str:
    rows = [["manifest.version", "1.0"], ["oneroster.version", version]]
    rows += [[f"file.{file}", mode] for file, mode in modes.items()]
    return csv_of(["propertyName", "value"], rows)


def changed(
    content: bytes, name: str, change: "dict[str, str] | None" = None, **more: str
) -> bytes:
    """The package with words in one of its files replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        files = {n: package.read(n).decode() for n in package.namelist()}
    for old, new in (change or more).items():
        assert old in files[name], old
        files[name] = files[name].replace(old, new)
    return zip_of(files)


def package_of(version: str, mode: str, **files: Sequence[Mapping[str, str]]) -> bytes:
    """Rows by the names of their columns; what does not matter stays empty."""
    made = {"manifest.csv": manifest_of(version, dict.fromkeys(files, mode))}
    for file, rows in files.items():
        names = LAYOUTS[version][file].names
        made[f"{file}.csv"] = csv_of(
            names, [[row.get(name, "") for name in names] for row in rows]
        )
    return zip_of(made)


def delta(version: str = "1.2", **files: Sequence[Mapping[str, str]]) -> bytes:
    """Rows without a status are active."""
    filled = {
        file: [{"status": "active"} | dict(row) for row in rows] for file, rows in files.items()
    }
    return package_of(version, "delta", **filled)
