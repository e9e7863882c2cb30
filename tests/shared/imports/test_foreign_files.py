"""The one reader of foreign files: a hostile file is refused with its place and code, and a merely
untidy one is read."""

import io
import json
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats.texts import clean, unfit
from shared.imports.archives import BOMB_BYTES, ZipLimits, is_zip, open_zip
from shared.imports.codes import Code
from shared.imports.documents import DEPTH, LINES, read
from shared.imports.findings import Findings
from shared.imports.formulas import escaped, formulas, is_formula
from shared.imports.tables import CHUNK_ROWS, LINE_CHARACTERS, Table, TableLimits, blocks_of
from tests.fuzz import reading
from tests.fuzz.valid import VALID
from tests.promised import promise

Found = list[tuple[str, int | None, str | None, str]]
ZIP = ZipLimits(members=3, member_bytes=20 * 2**20, total_bytes=30 * 2**20)
TABLE = TableLimits(lines=12, cell_characters=20)
ZIPPED = ("oneroster", "hsds", "standards", "learning-resources")


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def changed(packed: bytes, offset: int, *fields: int, mark: bytes = b"PK\x01\x02") -> bytes:
    """Every entry of the directory (or every header before a file) with two bytes each replaced."""
    out, at = bytearray(packed), 0
    while (at := out.find(mark, at)) >= 0:
        struct.pack_into(f"<{len(fields)}H", out, at + offset, *fields)
        at += 1
    return bytes(out)


def misnamed(packed: bytes, mark: bytes, offset: int, name_at: int) -> bytes:
    """What says that its name is UTF-8, and it is not."""
    out = bytearray(changed(packed, offset, 0x800, mark=mark))
    out[packed.index(mark) + name_at] = 0xFF
    return bytes(out)


def found(findings: Findings) -> Found:
    assert all(problem.reason and problem.code in set(Code) for problem in findings.listed)
    return [(each.file, each.line, each.field, each.code) for each in findings.listed]


def unpacked(content: bytes) -> tuple[dict[str, bytes], Found]:
    findings, files = Findings(), dict[str, bytes]()
    archive = open_zip(content, ZIP, findings)
    for name in archive.members:
        with findings.reading():
            files[name] = archive.content(name)
    return files, found(findings)


A = ("a.csv", b"1")
ZEROS = bytes(2 * BOMB_BYTES)
HOSTILE_ZIPS: dict[str, tuple[bytes, Found]] = {
    "nothing": (b"", [("", None, None, "zip-unreadable")]),
    "cut off": (zipped(A)[:-30], [("", None, None, "zip-unreadable")]),
    "another file": (b"PK\x03\x04 no zip", [("", None, None, "zip-unreadable")]),
    "damaged within": (
        zipped(A, method=0).replace(b"1PK", b"2PK"), [("a.csv", None, None, "zip-unreadable")],
    ),
    "a header that says UTF-8 and is not": (
        misnamed(zipped(A), b"PK\x03\x04", 6, 30), [("a.csv", None, None, "zip-unreadable")],
    ),
    "a directory that says UTF-8 and is not": (
        misnamed(zipped(A), b"PK\x01\x02", 8, 46), [("", None, None, "zip-unreadable")],
    ),
    "encrypted": (changed(zipped(A), 8, 1), [("a.csv", None, None, "zip-encrypted")]),
    "packed so that a block cannot be bounded": (
        zipped(A, method=zipfile.ZIP_BZIP2), [("a.csv", None, None, "zip-unreadable")],
    ),
    "too many files": (
        zipped(*((f"{n}.csv", b"") for n in range(4))), [("", None, None, "too-many-files")],
    ),
    "too many entries to look at": (
        zipped(*((f"{n}/", b"") for n in range(13))), [("", None, None, "too-many-files")],
    ),
    "a bomb": (zipped(("a.csv", ZEROS)), [("a.csv", None, None, "zip-too-large")]),
    "bombs that are small each": (
        zipped(*((f"{n}.csv", bytes(BOMB_BYTES)) for n in range(3))),
        [("", None, None, "zip-too-large")],
    ),
    "a file that is too large": (
        changed(zipped(A), 24, 0, 320), [("a.csv", None, None, "zip-too-large")],
    ),
    "files that are too large together": (
        changed(zipped(A, ("b.csv", b"2")), 24, 0, 300), [("", None, None, "zip-too-large")],
    ),
    "larger than it says": (
        changed(zipped(("a.csv", b"12345")), 24, 2, 0), [("a.csv", None, None, "zip-unreadable")],
    ),
    "a file twice": (
        zipped(A, ("./a.csv", b"2"), ("b.csv", b"")), [("a.csv", None, None, "file-twice")],
    ),
}  # fmt: skip


@promise("Imports", "A hostile zip is refused before it is unpacked, with a reason.")
@pytest.mark.parametrize(("content", "expected"), HOSTILE_ZIPS.values(), ids=HOSTILE_ZIPS)
def test_a_hostile_zip_is_refused_with_a_reason_and_never_a_crash(
    content: bytes, expected: Found
) -> None:
    assert unpacked(content) == ({}, expected)


@pytest.mark.parametrize(
    "name",
    ["../a.csv", "a/../../b.csv", "/a.csv", "..\\a.csv", "\\a.csv", "C:a.csv", "C:\\a.csv",
     "a\0.csv", "a\n.csv", "a\x1b[31m.csv", "__MACOSX/../a.csv", "..", "."],
)  # fmt: skip
def test_a_file_name_that_leads_elsewhere_or_is_invalid_is_refused(name: str) -> None:
    # zipfile writes no name with NUL.
    packed = zipped((name.replace("\0", "?"), b"1"), ("b.csv", b"2"))
    files, faults = unpacked(packed.replace(name.replace("\0", "?").encode(), name.encode()))
    assert (files, [code for *_, code in faults]) == ({}, ["zip-path"])
    assert all(file.isprintable() for file, *_ in faults)


def test_litter_is_skipped_and_counts_as_no_file() -> None:
    litter = ("__MACOSX/._a.csv", ".DS_Store", "._b.csv", "Thumbs.db", "desktop.ini")
    assert unpacked(zipped(A, *((name, b"?") for name in litter))) == ({"a.csv": b"1"}, [])


@pytest.mark.parametrize(
    ("names", "read"),
    [
        (["export/a.csv", "export/b.csv", "__MACOSX/export/._a.csv"], ["a.csv", "b.csv"]),
        (["x/y/a.csv", "x/y/z/b.csv"], ["a.csv", "z/b.csv"]),
        (["x/a.csv", "y/a.csv"], ["x/a.csv", "y/a.csv"]),
        (["x\\a.csv", "x/b.csv"], ["a.csv", "b.csv"]),
        (["x/a.csv", "b.csv"], ["x/a.csv", "b.csv"]),
    ],
)
def test_a_folder_around_all_files_is_ignored(names: list[str], read: list[str]) -> None:
    files, faults = unpacked(zipped(("export/", b""), *((name, b"1") for name in names)))
    assert (list(files), faults) == (read, [])


def test_a_zip_that_lies_about_a_bomb_takes_no_memory() -> None:
    """Python unpacks bzip2 and LZMA a whole block at once, whatever size was declared."""
    lying = changed(zipped(("a.csv", bytes(50_000_000)), method=zipfile.ZIP_BZIP2), 24, 1_000, 0)
    tracemalloc.start()
    assert unpacked(lying)[1] == [("a.csv", None, None, "zip-unreadable")]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def rows(content: bytes | str, block: int = 2**20) -> tuple[list[tuple[int, list[str]]], Found]:
    findings = Findings()
    content = content.encode() if isinstance(content, str) else content
    blocks = (content[at : at + block] for at in range(0, len(content), block))
    table = Table("t.csv", blocks, TABLE, findings)
    if table.header is None:
        return [], found(findings)
    read = [(table.header_line, table.header)]
    for chunk, lines in table.chunks():
        read += zip(lines, chunk, strict=True)
    return read, found(findings)


HEADER, GOOD = [(1, ["a", "b"])], [(1, ["a", "b"]), (2, ["1", "2"])]
TABLES: dict[str, tuple[bytes | str, list[tuple[int, list[str]]], Found]] = {
    "nothing": ("", [(1, [])], []),
    "a header alone": ("a,b", HEADER, []),
    "a byte order mark": ("\ufeffa,b\r\n1,2\r\n", GOOD, []),
    "old line ends": ("a,b\r1,2\r", GOOD, []),
    "blank lines": ("\n\na,b\n\n1,2\n\n", [(3, ["a", "b"]), (5, ["1", "2"])], []),
    "line breaks in cells": (
        'a,b\r\n"1\r\n1",2\r\n3,"4\n\r4"\r\n5,6',
        [*HEADER, (2, ["1\r\n1", "2"]), (4, ["3", "4\n\r4"]), (7, ["5", "6"])], [],
    ),
    "other separators of lines": (
        "a,b\n1\u20281,2\u2029\n3,4\x0b\n", [*HEADER, (2, ["1\u20281", "2"]), (3, ["3", "4"])], [],
    ),
    "spaces around cells": (
        'a,b\n 1,2\t\n\u00a03 \u202f3,"4\u3000"\n',
        [*HEADER, (2, ["1", "2"]), (3, ["3  3", "4"])], [],
    ),
    "letters in parts": ("a,b\nn\u0303,\u212b\n", [*HEADER, (2, ["ñ", "Å"])], []),
    "a control character": (
        "a,b\n1,2\n1,\x85x\x92\n", GOOD, [("t.csv", 3, "b", "control-character")],
    ),
    "a character that nobody sees": (
        "a,b\n1,2\n1,x\u200b\n", GOOD, [("t.csv", 3, "b", "format-character")],
    ),
    "joiners": ("a,b\n1,می\u200cخواهم\n", [*HEADER, (2, ["1", "می\u200cخواهم"])], []),
    "another width": (
        "a,b\n1\n1,2,3\n1,2\n", [*HEADER, (4, ["1", "2"])],
        [("t.csv", 2, None, "cells-wrong-number"), ("t.csv", 3, None, "cells-wrong-number")],
    ),
    "NUL": ("a,b\n1,2\n1,\0\n", GOOD, [("t.csv", 3, "b", "nul-character")]),
    "NUL in the header": ("a,\0b\n1,2\n", [], [("t.csv", 1, "\ufffdb", "nul-character")]),
    "a long cell": ("a,b\n1,2\n" + "x" * 21 + ",2\n", GOOD, [("t.csv", 3, "a", "field-too-long")]),
    "a long cell of short lines": (
        'a,b\n1,2\n1,"' + "xxxxx\n" * 4 + '"\n', GOOD, [("t.csv", 3, "b", "field-too-long")],
    ),
    "a quote that never ends": (
        'a,b\n1,2\n1,"2\n\n\n', GOOD, [("t.csv", 3, None, "csv-malformed")],
    ),
    "a quote within": ('a,b\n1,2\n1,"2"2\n', GOOD, [("t.csv", 3, None, "csv-malformed")]),
    "a line without end": (
        b"a,b\n" + b"x" * (LINE_CHARACTERS + 2), HEADER, [("t.csv", 2, None, "field-too-long")],
    ),
    "not UTF-8": (b"a,b\r1,2\n\n1,\xe9\n", [], [("t.csv", 4, None, "encoding")]),
    "cut within a character": (b"a,b\n1,2\n1,\xc3", GOOD, [("t.csv", 3, None, "encoding")]),
    "UTF-16": ("a,b\n".encode("utf-16"), [], [("t.csv", 1, None, "encoding")]),
    "too many lines": ("a,b\n1,2\n" * 7, [], [("t.csv", None, None, "too-many-lines")]),
    "too many blank lines": ("a,b\n" + "\n" * 12, [], [("t.csv", None, None, "too-many-lines")]),
}  # fmt: skip


@promise("Imports", "The line of a fault is the line that an editor shows.")
@pytest.mark.parametrize(("content", "read", "faults"), TABLES.values(), ids=TABLES)
def test_a_table_is_read_with_the_line_numbers_that_an_editor_shows(
    content: bytes | str, read: list[tuple[int, list[str]]], faults: Found
) -> None:
    assert rows(content) == (read, faults)


@pytest.mark.parametrize("block", [1, 2, 3, 7])
def test_a_table_reads_the_same_wherever_it_is_cut_into_blocks(block: int) -> None:
    for name in ("old line ends", "line breaks in cells", "a byte order mark", "NUL"):
        content, read, faults = TABLES[name]
        assert rows(content, block) == (read, faults), name


@given(st.lists(st.lists(st.text(max_size=5), min_size=2, max_size=2), max_size=4))
def test_every_csv_row_is_read_back_with_the_line_it_starts_on(
    cells: list[list[str]],
) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]
    text = "\n".join(["a,b", *quoted, ""])
    findings = Findings()
    table = Table("t.csv", blocks_of(text.encode()), TableLimits(), findings)
    read = [each for part, lines in table.chunks() for each in zip(lines, part, strict=True)]
    begins = [2 + _ends("\n".join(quoted[:n])) + (n > 0) for n in range(len(cells))]
    good = [n for n, row in enumerate(cells) if not any(unfit(clean(cell)) for cell in row)]
    assert read == [(begins[n], [clean(cell) for cell in cells[n]]) for n in good]


def _ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_of_tables_fail(content: bytes) -> None:
    rows(content, 3)


def test_a_long_table_is_read_in_pieces_and_numbered_through() -> None:
    lines = [f"{n},{n}" for n in range(2 * CHUNK_ROWS)]
    lines[CHUNK_ROWS] = '"x\ny",1'
    findings = Findings()
    content = "\n".join(["a,b", *lines]).encode()
    table = Table("t.csv", blocks_of(content), TableLimits(), findings)
    numbers = [line for _, numbers in table.chunks() for line in numbers]
    assert numbers == [
        *range(2, CHUNK_ROWS + 3), *range(CHUNK_ROWS + 4, 2 * CHUNK_ROWS + 3),
    ]  # fmt: skip
    assert (findings.total, table.line_count) == (0, 2 * CHUNK_ROWS + 2)


def documents(content: bytes) -> tuple[list[Any], Found]:
    findings = Findings()
    return [each.value for each in read(content, findings)], found(findings)


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


JSON: dict[str, tuple[bytes, list[Any], Found]] = {
    "a document": (b'\xef\xbb\xbf{"a": 1}', [{"a": 1}], []),
    "an array": (b"[1, 2]", [1, 2], []),
    "one a line": (b'{"a": 1}\r\n\r\n{"a": 2}\n', [{"a": 1}, {"a": 2}], []),
    "a document over lines": (b'{\n"a": 1}', [{"a": 1}], []),
    "as deep as may be": (b'{"a": ' + deep(DEPTH - 1) + b"}", [json.loads(b'{"a": ' + deep(DEPTH - 1) + b"}")], []),
    "too deep": (deep(DEPTH + 1), [], [("file", None, None, "json-too-deep")]),
    "much too deep": (deep(100_000), [], [("file", 1, None, "json-too-deep")]),
    "a name twice": (b'{"a": {"b": 1, "b": 2}}', [], [("file", None, None, "json-name-twice")]),
    "a name twice on a line": (
        b'{"a": 1}\n{"a": 1, "a": 1}\n{"a": 2}', [{"a": 1}, {"a": 2}],
        [("file", 2, None, "json-name-twice")],
    ),
    "the same name spelt otherwise": (
        b'{"a": 1, "\\u0061": 2}', [], [("file", None, None, "json-name-twice")],
    ),
    "NaN": (b'{"a":\n NaN}', [], [("file", 2, None, "json-malformed")]),
    "an infinite number": (b"[1e999]", [], [("file", 1, None, "json-malformed")]),
    "half a character": (b'"\\ud800"', [], [("file", 1, None, "json-malformed")]),
    "nothing": (b"", [], [("file", 1, None, "json-malformed")]),
    "not UTF-8": (b'{"a":\r\n "\xff"}', [], [("file", 2, None, "encoding")]),
    "too many lines": (b"{}" + b"\n" * (LINES + 1), [], [("file", None, None, "too-many-lines")]),
    "no JSON in a zip": (
        zipped(("a.json", b"1"), ("a.exe", b"")), [1], [("a.exe", None, None, "file-unknown")],
    ),
    "a broken one in a zip": (
        zipped(("x/b.json", b"2"), ("x/a.json", b"{")), [2], [("a.json", 1, None, "json-malformed")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "values", "faults"), JSON.values(), ids=JSON)
def test_a_json_document_is_read_or_refused_with_its_place(
    content: bytes, values: list[Any], faults: Found
) -> None:
    assert documents(content) == (values, faults)


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "+1|cmd", "-2+3+cmd|' /C calc'!A0",
     '-HYPERLINK("http://x")', "+WEBSERVICE (A1)", "-Other!A1", "-'file:///etc/passwd'#$x.A1",
     "\uff0d1+LOG10(2)"],
)  # fmt: skip
def test_a_text_that_a_spreadsheet_would_run_is_a_formula(cell: str) -> None:
    assert is_formula(cell)
    assert formulas([cell, "a"]) == {cell}


@pytest.mark.parametrize(
    "cell",
    ["", "-", "--", "-83.42", "+1 (555) 010-0199 ext. 5", "+44 (0)12 34-56", "a=b", "O'Neill",
     "- Homework help\n- Meals!", "-1", "a@b.example", " 1", "5-6|7"],
)  # fmt: skip
def test_numbers_telephones_and_the_lone_hyphen_are_no_formulas(cell: str) -> None:
    assert not is_formula(cell)


@pytest.mark.parametrize(
    ("cell", "written"),
    [("=1+1", "'=1+1"), ("- Meals (free)", "'- Meals (free)"), ("@a", "'@a"), ("\t=1", "'\t=1"),
     ("\uff1d1", "'\uff1d1"), ("+1|cmd", "'+1|cmd"), ("-83.42", "-83.42"), ("a=b", "a=b"), ("", "")],
)  # fmt: skip
def test_a_cell_that_goes_out_is_marked_where_a_spreadsheet_would_compute_it(
    cell: str, written: str
) -> None:
    assert escaped(cell) == written


def codes(kind: str, content: bytes) -> set[str]:
    return {problem.code for problem in reading.read(kind, content)}


def within(name: str, content: bytes) -> Callable[[bytes], bytes]:
    """A valid zip with one file more."""

    def added(packed: bytes) -> bytes:
        out = io.BytesIO(packed)
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        return out.getvalue()

    return added


@promise("Imports", "Every importer refuses the same fault of form with the same code.")
@pytest.mark.parametrize("kind", ZIPPED)
@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (within("bomb.csv", bytes(300_000_000)), Code.ZIP_TOO_LARGE),
        (within("../a.csv", b""), Code.ZIP_PATH),
        (lambda packed: changed(packed, 8, 1), Code.ZIP_ENCRYPTED),
        (lambda packed: changed(packed, 24, 0, 0xFFFF), Code.ZIP_TOO_LARGE),
        (lambda packed: packed[:-30], Code.ZIP_UNREADABLE),
        (lambda packed: misnamed(packed, b"PK\x01\x02", 8, 46), Code.ZIP_UNREADABLE),
        (lambda packed: misnamed(packed, b"PK\x03\x04", 6, 30), Code.ZIP_UNREADABLE),
    ],
)
def test_every_importer_refuses_the_same_zip_with_the_same_code(
    kind: str, harm: Callable[[bytes], bytes], code: Code
) -> None:
    packed = next(file for file in VALID[kind]() if is_zip(file))
    assert codes(kind, packed) == set()
    assert codes(kind, harm(packed)) == {code}


@promise("Imports", "Every importer refuses the same fault of form with the same code.")
@pytest.mark.parametrize("kind", VALID)
def test_every_importer_refuses_text_that_is_not_utf_8_with_the_same_code(kind: str) -> None:
    file = VALID[kind]()[0]
    if is_zip(file):
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            files = [(name, archive.read(name)) for name in archive.namelist()]
        broken = zipped(*((name, content + b"\xff") for name, content in files))
    else:
        broken = file + b"\xff"
    assert codes(kind, broken) == {Code.ENCODING}


@pytest.mark.parametrize("kind", ZIPPED)
def test_every_importer_accepts_a_zip_as_a_mac_packs_it(kind: str) -> None:
    packed = next(file for file in VALID[kind]() if is_zip(file))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = [(name, archive.read(name)) for name in archive.namelist()]
    mac = [("export/.DS_Store", b"Bud1"), ("__MACOSX/export/._x", b"Mac OS X")]
    folder = [(f"export/{name}", content) for name, content in files]
    assert codes(kind, zipped(("export/", b""), *folder, *mac)) == set()


@pytest.mark.parametrize(
    ("file", "kind"),
    [("oneroster-selected-files.zip", "oneroster"), ("oneroster-folder.zip", "oneroster"),
     ("learning-resources.zip", "learning-resources")],
)  # fmt: skip
def test_a_zip_from_a_mac_is_accepted(real_data: Path, file: str, kind: str) -> None:
    assert codes(kind, (real_data / "reported" / "zip-from-a-mac" / file).read_bytes()) == set()
