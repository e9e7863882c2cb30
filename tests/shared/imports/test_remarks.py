"""What an importer accepts although it deviates stands in its remarks, one rule for all six."""

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from shared.contracts.imports import FileProblem
from shared.imports.archives import is_zip
from shared.imports.codes import Code
from shared.imports.documents import read
from shared.imports.findings import REMARKS_KEPT_OF_A_CODE, WHOLE, Findings, Place
from shared.imports.headers import only, read_columns, respelled
from shared.imports.tables import Table, TableLimits, blocks_of
from tests.fuzz import reading
from tests.fuzz.valid import VALID
from tests.promised import promise
from tests.shared.imports.test_foreign_files import ZIPPED, zipped

TABLES = {"attendance": "date", "observations": "period"}
Found = list[tuple[str, int | None, str | None, str]]


def places(remarks: Sequence[FileProblem]) -> Found:
    assert all(remark.reason for remark in remarks)
    return [(each.file, each.line, each.field, each.code) for each in remarks]


def remarks(kind: str, content: bytes) -> Found:
    return places(reading.remarks(kind, content))


def members(packed: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def with_column(content: bytes, name: str, cell: str) -> bytes:
    """The table with one more column at its end."""
    rows = list(csv.reader(io.StringIO(content.decode())))
    out = io.StringIO()
    csv.writer(out).writerows([*row, cell if n else name] for n, row in enumerate(rows))
    return out.getvalue().encode()


@promise("Imports", "The job says each deviation of a file that the platform accepts.")
@pytest.mark.parametrize("kind", ZIPPED)
def test_every_importer_says_that_it_passed_over_the_litter_and_the_folder(kind: str) -> None:
    packed = next(file for file in VALID[kind]() if is_zip(file))
    litter = [("export/.DS_Store", b""), ("__MACOSX/export/._x", b""), ("export/Thumbs.db", b""),
              ("export/desktop.ini", b"")]  # fmt: skip
    folder = [(f"export/{name}", content) for name, content in members(packed)]
    said = remarks(kind, zipped(*folder, *litter))
    assert {file for file, *_, code in said if code == "litter"} == {name for name, _ in litter}
    assert [file for file, *_, code in said if code == "common-folder"] == ["export"]
    assert set(said) - set(remarks(kind, packed)) == {
        (name, None, None, "litter") for name, _ in litter
    } | {("export", None, None, "common-folder")}


@pytest.mark.parametrize(
    ("file", "kind", "folder"),
    [("oneroster-selected-files.zip", "oneroster", False),
     ("oneroster-folder.zip", "oneroster", True),
     ("learning-resources.zip", "learning-resources", False)],
)  # fmt: skip
def test_a_zip_from_a_mac_is_taken_and_says_so(
    real_data: Path, file: str, kind: str, folder: bool
) -> None:
    said = remarks(kind, (real_data / "reported" / "zip-from-a-mac" / file).read_bytes())
    codes = {code for *_, code in said}
    assert "litter" in codes
    assert ("common-folder" in codes) is folder


@promise("Imports", "The job says each deviation of a file that the platform accepts.")
@pytest.mark.parametrize(("kind", "column"), TABLES.items())
def test_a_header_in_other_capitals_and_further_columns_are_taken_with_a_remark(
    kind: str, column: str
) -> None:
    good = VALID[kind]()[0]
    assert remarks(kind, good) == []
    head, rest = good.split(b"\n", 1)
    spelled = head.replace(column.encode(), f" {column.upper()}".encode()) + b"\n" + rest
    file = {"attendance": "attendance.csv", "observations": "observations.csv"}[kind]
    assert remarks(kind, spelled) == [(file, 1, f" {column.upper()}", "header-spelling")]
    further = with_column(good, "remark of the office", "=1+1")
    assert remarks(kind, further) == [(file, 1, "remark of the office", "field-passed-over")]


@promise("Imports", "The job says each deviation of a file that the platform accepts.")
@pytest.mark.parametrize("kind", TABLES)
def test_blank_lines_are_passed_over_with_one_remark(kind: str) -> None:
    good = VALID[kind]()[0].rstrip(b"\r\n")
    line = good.count(b"\n") + 2
    for end in (b"\n\n", b"\n  \n", b"\n\n\n\n"):
        [(_, found, field, code)] = remarks(kind, good + end)
        assert (found, field, code) == (line, None, "blank-line")
    assert remarks(kind, good + b"\n") == []


@pytest.mark.parametrize("kind", TABLES)
def test_a_column_that_stands_twice_in_whatever_capitals_is_refused(kind: str) -> None:
    column = TABLES[kind]
    twice = with_column(VALID[kind]()[0], column.upper(), "2026-09-01")
    assert {problem.code for problem in reading.read(kind, twice)} <= {
        "header-wrong",
        "column-twice",
    }
    assert reading.read(kind, twice)


def test_the_tables_of_a_directory_may_have_their_names_in_capitals() -> None:
    packed = next(file for file in VALID["hsds"]() if is_zip(file))
    found = dict(members(packed))
    [file] = [name for name in found if name.endswith("organizations.csv")]
    found[file] = found[file].replace(b"name", b"Name", 1)
    said = remarks("hsds", zipped(*found.items()))
    assert ("organizations.csv", 1, "Name", "header-spelling") in said


def test_a_whole_file_of_a_roster_says_which_columns_mean_nothing_in_it() -> None:
    packed = next(file for file in VALID["oneroster"]() if is_zip(file))
    found = dict(members(packed))
    header, *rows = found["orgs.csv"].decode().splitlines()
    filled = [row.split(",") for row in rows]
    for n, row in enumerate(filled):
        row[1:3] = ["active", f"2026-09-0{1 + n % 9}T00:00:00Z"]
    found["orgs.csv"] = "\n".join([header, *(",".join(row) for row in filled), "", ""]).encode()
    said = [each for each in remarks("oneroster", zipped(*found.items())) if each[0] == "orgs.csv"]
    assert sorted(said, key=str) == sorted([
        ("orgs.csv", 2, "status", "value-passed-over"),
        ("orgs.csv", 2, "dateLastModified", "value-passed-over"),
        ("orgs.csv", len(rows) + 2, None, "blank-line"),
    ], key=str)  # fmt: skip


def test_a_roster_may_have_columns_of_its_own_and_other_capitals() -> None:
    found = dict(members(next(file for file in VALID["oneroster"]() if is_zip(file))))
    spelled = found["orgs.csv"].replace(b"sourcedId", b"SourcedID", 1)
    found["orgs.csv"] = with_column(spelled, "Region", "East")
    said = remarks("oneroster", zipped(*found.items()))
    assert ("orgs.csv", 1, "Region", "field-passed-over") in said
    assert ("orgs.csv", 1, "SourcedID", "header-spelling") in said


def test_fields_of_a_description_that_the_library_does_not_keep_are_said_once() -> None:
    one = {"@context": "https://schema.org", "@type": "LearningResource", "name": "Fractions"}
    lines = [one | {"url": f"https://example.org/{n}", "wordCount": 1} for n in range(3)]
    content = b"\n".join([*map(orjson.dumps, lines), b"", b""])
    assert remarks("learning-resources", content) == [
        ("file", 1, "$.wordCount", "field-passed-over"), ("file", 4, None, "blank-line"),
    ]  # fmt: skip


def test_fields_of_a_framework_that_are_not_kept_are_said_once_for_each_kind_of_part() -> None:
    package = orjson.loads(VALID["standards"]()[0])
    package["CFRubrics"] = []
    for item in package["CFItems"]:
        item["colour"] = "red"
    said = remarks("standards", orjson.dumps(package))
    assert ("file", None, "$.CFItems[0].colour", "field-passed-over") in said
    assert ("file", None, "$.CFRubrics", "field-passed-over") in said
    assert sum(str(field).endswith(".colour") for _, _, field, _ in said) == 1


def test_the_first_hundred_remarks_of_a_code_are_kept_and_all_counted() -> None:
    findings = Findings()
    for number in range(1_000):
        findings.remark(Place(f"{number}"), Code.LITTER)
    findings.remark(WHOLE, Code.COMMON_FOLDER)
    assert len(findings.remarks) == REMARKS_KEPT_OF_A_CODE + 1
    assert findings.remarked.total() == 1_001
    assert findings.total == 0


def test_a_header_is_read_by_the_names_that_are_known() -> None:
    findings, place = Findings(), Place("t.csv", 1)
    names = respelled(["B", " a ", "", "c"], ["a", "b"], place, findings)
    assert names == ["b", "a", "", "c"]
    columns = read_columns(names, ["a", "b"], place, findings)
    assert only(columns, [["1", "2", "3", "4"]]) == [["1", "2"]]
    assert places(findings.remarks) == [
        ("t.csv", 1, "B", "header-spelling"), ("t.csv", 1, " a ", "header-spelling"),
        ("t.csv", 1, None, "field-passed-over"), ("t.csv", 1, "c", "field-passed-over"),
    ]  # fmt: skip


def test_blank_lines_within_a_table_and_a_document_stand_where_an_editor_shows_them() -> None:
    findings = Findings()
    table = Table("t.csv", blocks_of(b"a,b\n1,2\n\n3,4\n\n"), TableLimits(), findings)
    assert [lines for _, lines in table.chunks()] == [[2, 4]]
    list(read(b'{"a":1}\n\n{"a":2}\n', findings))
    assert places(findings.remarks) == [
        ("t.csv", 3, None, "blank-line"), ("file", 2, None, "blank-line"),
    ]  # fmt: skip
