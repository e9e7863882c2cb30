"""A faulty OneRoster package: nothing is imported, every fault has its file, line and field."""

import io
import struct
import zipfile
from typing import Any
from uuid import uuid4

import pytest

from shared.imports.tables import TableLimits
from shared.security.principal import Role
from tests.bench.oneroster_generator import package
from tests.houses import House, principal
from tests.students.packages import changed, manifest_of, zip_of

ADMIN = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
GOOD = package(20)
HEADER = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"


def orgs(*lines: str, header: str = HEADER) -> bytes:
    content = "\r\n".join([header, *lines]) + "\r\n"
    return zip_of({"manifest.csv": manifest_of("1.2", {"orgs": "bulk"}), "orgs.csv": content})


def raw_orgs(content: bytes) -> bytes:
    return zip_of({"manifest.csv": manifest_of("1.2", {"orgs": "bulk"}), "orgs.csv": content})


def bomb() -> bytes:
    return zip_of(
        {"manifest.csv": manifest_of("1.2", {"orgs": "bulk"}), "orgs.csv": b"a" * 50_000_000}
    )


def swollen() -> bytes:
    files = ["orgs", "users", "courses", "classes"]
    manifest = manifest_of("1.2", dict.fromkeys(files, "bulk"))
    return zip_of(
        {"manifest.csv": manifest} | {f"{file}.csv": b"\n" * 5_000_000 for file in files}
    )


def blank() -> bytes:
    """Stored as it is: packed, it would be taken for a bomb."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("manifest.csv", manifest_of("1.2", {"orgs": "bulk"}))
        made.writestr("orgs.csv", f"{HEADER}\n{SCHOOL}\n" + "\n" * TableLimits().lines)
    return out.getvalue()


def encrypted() -> bytes:
    content = bytearray(orgs("o,,,North,school,,"))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = 0
        while (at := content.find(mark, at)) >= 0:
            struct.pack_into("<H", content, at + offset, 1)
            at += 1
    return bytes(content)


def corrupt() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("manifest.csv", manifest_of("1.2", {"orgs": "bulk"}))
        made.writestr("orgs.csv", HEADER + "\r\no,,,North,school,,\r\n")
    return out.getvalue().replace(b"North", b"South")


def misnamed() -> bytes:
    """The header before the file says that its name is UTF-8, and it is not."""
    content = bytearray(orgs(SCHOOL))
    at = content.find(b"orgs.csv")
    content[at] = 0xFF
    struct.pack_into("<H", content, at - 30 + 6, 0x800)
    return bytes(content)


SCHOOL = "o,,,North,school,,"
FAULTS: list[tuple[str, bytes, list[tuple[str, int | None, str | None, str]]]] = [
    ("no zip", b"sourcedId,status", [("", None, None, "zip-unreadable")]),
    ("nothing", b"", [("", None, None, "zip-unreadable")]),
    ("no manifest", zip_of({"orgs.csv": HEADER}),
     [("manifest.csv", None, None, "file-missing")]),
    ("a path", zip_of({"../orgs.csv": HEADER}),
     [("../orgs.csv", None, None, "zip-path")]),
    ("two folders", zip_of({"a/manifest.csv": manifest_of("1.2", {}), "b/orgs.csv": HEADER}),
     [("a/manifest.csv", None, None, "zip-path"), ("b/orgs.csv", None, None, "zip-path")]),
    ("a bomb", bomb(), [("orgs.csv", None, None, "zip-too-large")]),
    ("encrypted", encrypted(), [("manifest.csv", None, None, "zip-encrypted"),
                                ("orgs.csv", None, None, "zip-encrypted")]),
    ("corrupt", corrupt(), [("orgs.csv", None, None, "zip-unreadable")]),
    ("a name that is not UTF-8", misnamed(), [("orgs.csv", None, None, "zip-unreadable")]),
    ("files that are small each and swell together", swollen(), [
        ("", None, None, "zip-too-large")]),
    ("blank lines without end", blank(), [("orgs.csv", None, None, "too-many-lines")]),
    ("a version to come", zip_of({"manifest.csv": manifest_of("3.0", {})}),
     [("manifest.csv", 3, "oneroster.version", "version-unsupported")]),
    ("a file too few", zip_of({"manifest.csv": manifest_of("1.2", {"orgs": "bulk"})}),
     [("orgs.csv", None, None, "file-missing")]),
    ("a file too many", zip_of({"manifest.csv": manifest_of("1.2", {"orgs": "absent"}),
                                "orgs.csv": HEADER, "notes.txt": "x"}),
     [("orgs.csv", None, None, "file-undeclared"),
      ("notes.txt", None, None, "file-unknown")]),
    ("a mode that is none", zip_of({"manifest.csv": manifest_of("1.2", {"orgs": "full"})}),
     [("manifest.csv", 4, "file.orgs", "value-unknown")]),
    ("a file of another version", zip_of({"manifest.csv": manifest_of("1.1", {"roles": "bulk"})}),
     [("manifest.csv", 4, "file.roles", "file-unknown")]),
    ("columns out of order", orgs(SCHOOL, header=HEADER.replace("name,type", "type,name")),
     [("orgs.csv", 1, None, "header-wrong")]),
    ("an empty file", raw_orgs(b""), [("orgs.csv", 1, None, "header-wrong")]),
    ("not UTF-8", raw_orgs(f"{HEADER}\n{SCHOOL}\np,,,Nørre,school,,\n".encode("latin-1")),
     [("orgs.csv", 3, None, "encoding")]),
    ("UTF-16", raw_orgs(HEADER.encode("utf-16")), [("orgs.csv", 1, None, "encoding")]),
    ("too few fields", orgs(SCHOOL, "p,,,South,school"),
     [("orgs.csv", 3, None, "cells-wrong-number")]),
    ("a field of 5 MB", orgs(SCHOOL, f"p,,,{'x' * 5_000_000},school,,"),
     [("orgs.csv", 3, "name", "field-too-long")]),
    ("a quote that never ends", orgs(SCHOOL, 'p,,,"South,school,,'),
     [("orgs.csv", 3, None, "csv-malformed")]),
    ("an id twice", orgs(SCHOOL, SCHOOL), [("orgs.csv", 3, "sourcedId", "duplicate-id")]),
    ("an id twice, after its row has ended",
     orgs("o,tobedeleted,,North,school,,", *(f"o{n},,,North,school,," for n in range(5_000)), SCHOOL),
     [("orgs.csv", 5_003, "sourcedId", "duplicate-id")]),
    ("a formula", orgs("o,,,=cmd|' /C calc'!A0,school,,"),
     [("orgs.csv", 2, "name", "formula-cell")]),
    ("a NUL", orgs("o,,,No\0rth,school,,"), [("orgs.csv", 2, "name", "nul-character")]),
    ("an unknown parent", orgs("o,,,North,school,,nobody"),
     [("orgs.csv", 2, "parentSourcedId", "dangling-reference")]),
    ("an ended parent", orgs("d,tobedeleted,,District,district,,", "o,,,North,school,,d"),
     [("orgs.csv", 3, "parentSourcedId", "dangling-reference")]),
    ("ends before it begins", changed(GOOD, "academicSessions.csv", {"2025-08-15": "2027-08-15"}),
     [("academicSessions.csv", 2, "endDate", "end-before-begin")]),
    ("an impossible date", changed(GOOD, "academicSessions.csv", {"2025-08-15": "2025-02-30"}),
     [("academicSessions.csv", 2, "startDate", "date")]),
    ("a role that is none", changed(GOOD, "roles.csv", {"principal": "king"}),
     [("roles.csv", 2, "role", "value-unknown")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "expected"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
async def test_a_fault_is_named_with_its_place_and_nothing_is_taken_in(
    students: House, content: bytes, expected: list[Any]
) -> None:
    job = await students.import_file("oneroster", content, ADMIN)
    found = [(p["file"], p["line"], p["field"], p["code"]) for p in job["problems"]]
    assert (job["state"], found, job["problem_count"]) == ("refused", expected, len(expected))
    assert all(problem["reason"] for problem in job["problems"])
    assert await students.rows("select id from org union select id from person") == []
    assert await students.events() == []


async def test_a_wrong_header_is_reported_with_its_missing_unknown_and_repeated_columns(
    students: House,
) -> None:
    header = HEADER.replace("identifier", "number") + ",status"
    job = await students.import_file("oneroster", orgs(header=header), ADMIN)
    [problem] = job["problems"]
    assert problem["reason"] == "missing: identifier; unknown: number; twice: status"


async def test_columns_of_metadata_blank_lines_and_line_breaks_in_titles_are_no_faults(
    students: House,
) -> None:
    header = HEADER + ",metadata.region,metadata.note"
    content = f'\ufeff{header}\r\n\r\no,,,North,school,,,"East\r\nWest",=1\r\n\r\n'
    job = await students.import_file("oneroster", raw_orgs(content.encode()), ADMIN)
    assert (job["state"], job["counts"]["orgs"]) == ("done", 1)


async def test_a_report_lists_a_thousand_of_several_thousand_faults_and_counts_all(
    students: House,
) -> None:
    content = orgs(*(f"o{n},,,North,castle,," for n in range(12_345)))
    job = await students.import_file("oneroster", content, ADMIN)
    assert (len(job["problems"]), job["problem_count"]) == (1_000, 12_345)
    assert [p["line"] for p in job["problems"]] == list(range(2, 1_002))


async def test_a_report_never_repeats_the_value_that_is_wrong(students: House) -> None:
    broken = changed(GOOD, "users.csv", {"student-3,": "student 3,"})
    job = await students.import_file("oneroster", broken, ADMIN)
    assert job["state"] == "refused"
    assert "student 3" not in str(job["problems"])


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in {Role.DISTRICT_ADMIN, Role.OPERATOR}]
)
async def test_only_a_district_or_an_operator_imports_a_roster(
    students: House, role: Role
) -> None:
    job = await students.import_file("oneroster", GOOD, principal(role, partner_id=uuid4()))
    assert job["state"] == "not-accepted"
    assert job["status"] in {401, 403}


async def test_an_operator_imports_for_a_district_and_for_no_other_partner(
    students: House,
) -> None:
    nowhere = await students.import_file("oneroster", GOOD, principal(Role.OPERATOR))
    for_district = principal(Role.OPERATOR, partner_id=uuid4())
    done = await students.import_file("oneroster", GOOD, for_district)
    assert [p["code"] for p in nowhere["problems"]] == ["no-district"]
    assert done["state"] == "done"


async def test_a_header_of_very_many_columns_is_judged_like_any_other(students: House) -> None:
    job = await students.import_file("oneroster", orgs(header=HEADER + "," * 300_000), ADMIN)
    assert [problem["code"] for problem in job["problems"]] == ["header-wrong"]
