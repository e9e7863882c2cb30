"""Reads JSON that comes from anybody: one document, an array, one a line, or a zip of such files.

UTF-8 with or without a byte order mark, RFC 8259; without NaN, without numbers beyond what a double
holds, and with each name once in its object, since readers differ in which of two they take.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from shared.formats.texts import cleaned
from shared.imports.archives import ZipLimits, is_zip, open_zip
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place, Unreadable
from shared.imports.tables import line_of

DEPTH = 32
LINES = 1_000_000
NAME_SHOWN = 60
UPLOADED = "file"
UTF8_BOM = b"\xef\xbb\xbf"
SUFFIXES = (".json", ".jsonl", ".ndjson", ".jsonld")
ZIP = ZipLimits(members=10_000, member_bytes=64 * 2**20, total_bytes=256 * 2**20)


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON value; `place.field` is `$`, or `$[3]` within an array."""

    place: Place
    value: Any

    def at(self, path: str) -> Place:
        """`path` leads through the document, from `$`."""
        start = self.place
        return Place(start.file, start.line, f"{start.field or ''}{path.removeprefix('$')}")


def read(content: bytes, findings: Findings) -> Iterator[Document]:
    """Every document of an upload, in order, its texts clean (`shared/formats/texts.py`); those that
    are none are findings."""
    if not is_zip(content):
        yield from _read_file(UPLOADED, content, findings)
        return
    archive = open_zip(content, ZIP, findings)
    for name in sorted(archive.members):
        if not name.lower().endswith(SUFFIXES):
            findings.add(Place(name), Code.FILE_UNKNOWN, "Only JSON files are read.")
            continue
        with findings.reading():
            yield from _read_file(name, archive.content(name), findings)


def parsed(content: bytes, place: Place) -> Any:
    """The value, its texts as they were sent. Raises `Unreadable` for what is no JSON, is nested too
    deep, or has a name twice."""
    content = content.removeprefix(UTF8_BOM)
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _malformed(content, place, error) from None
    if _depth(value) > DEPTH:
        reason = f"Values may be nested {DEPTH} deep at most."
        raise Unreadable(place, Code.JSON_TOO_DEEP, reason)
    try:
        json.loads(content, object_pairs_hook=_ensure_names_once)
    except _TwiceError as twice:
        reason = f"An object has two members named {twice.name[:NAME_SHOWN]!r}."
        raise Unreadable(place, Code.JSON_NAME_TWICE, reason) from None
    return value


def _read_file(name: str, content: bytes, findings: Findings) -> Iterator[Document]:
    """A whole JSON value; where the first of more lines is one already, one value a line."""
    if content.count(b"\n") + content.count(b"\r") > LINES:
        reason = f"At most {LINES} lines, blank ones too."
        findings.add(Place(name), Code.TOO_MANY_LINES, reason)
        return
    content = content.removeprefix(UTF8_BOM)
    lines = content.splitlines() if content.lstrip()[:1] == b"{" else []
    if len(lines) > 1 and _is_json(lines[0]):
        yield from _read_lines(name, lines, findings)
        return
    with findings.reading():
        value = cleaned(parsed(content, Place(name)))
        if not isinstance(value, list):
            yield Document(Place(name, field="$"), value)
            return
        for number, each in enumerate(value):
            yield Document(Place(name, field=f"$[{number}]"), each)


def _read_lines(name: str, lines: list[bytes], findings: Findings) -> Iterator[Document]:
    has_blank = False
    for number, line in enumerate(lines, 1):
        if line.strip():
            with findings.reading():
                value = cleaned(parsed(line, Place(name, number)))
                yield Document(Place(name, number, "$"), value)
        elif not has_blank:
            has_blank = True
            findings.remark(Place(name, number), Code.BLANK_LINE)


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _malformed(content: bytes, place: Place, error: orjson.JSONDecodeError) -> Unreadable:
    """orjson says on which line each fault is but that of a wrong encoding."""
    line, code = error.lineno, Code.JSON_MALFORMED
    try:
        content.decode()
    except UnicodeDecodeError as wrong:
        line, code = line_of(content, wrong.start), Code.ENCODING
    if "depth" in error.msg:
        code = Code.JSON_TOO_DEEP
    return Unreadable(Place(place.file, place.line or line), code, error.msg)


def _depth(value: Any) -> int:
    """How deep lists and objects are nested; a level after the other, without recursion."""
    depth, level = 0, [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [
            inner for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
        ]  # fmt: skip
    return depth


class _TwiceError(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _ensure_names_once(members: list[tuple[str, Any]]) -> None:
    if len(dict(members)) < len(members):
        names = [name for name, _ in members]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
