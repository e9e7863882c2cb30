"""Reading JSON that somebody sent: one document, an array, one per line, or a zip of such files."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import orjson

from shared.contracts.imports import FileProblem
from shared.formats.zips import DAMAGED

ZIP = b"PK\x03\x04"
UTF8_BOM = b"\xef\xbb\xbf"
FILES = 10_000
LINES = 1_000_000
FILE_BYTES = 64 * 1024 * 1024
UNPACKED_BYTES = 256 * 1024 * 1024
UPLOADED = "file"


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON value and where it stood: `path` is `$`, or `$[3]` within an array."""

    file: str
    line: int | None
    path: str
    value: Any

    @property
    def place(self) -> str:
        line = f" line {self.line}" if self.line else ""
        return f"{self.file}{line} {self.path}"

    def problem(self, field: str, code: str, reason: str) -> FileProblem:
        """`field` is a path within the document, from `$`."""
        where = self.path + field.removeprefix("$")
        return FileProblem(file=self.file, line=self.line, field=where, code=code, reason=reason)


Read = Iterator[Document | FileProblem]


def read(content: bytes) -> Read:
    """Every document of an upload in order, or a problem in the place of one that is none."""
    if not content.startswith(ZIP):
        yield from read_file(UPLOADED, content)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from read_archive(archive)
    except (*DAMAGED, RuntimeError):  # that it is encrypted is one
        yield FileProblem(file=UPLOADED, code="zip-unreadable", reason="The zip cannot be read.")


def read_archive(archive: zipfile.ZipFile) -> Read:
    # Not is_dir(): it fails for a name that a damaged zip left empty.
    members = [each for each in archive.infolist() if not each.filename.endswith("/")]
    sizes = [member.file_size for member in members]
    if len(sizes) > FILES or sum(sizes) > UNPACKED_BYTES or max(sizes, default=0) > FILE_BYTES:
        reason = f"At most {FILES} files, {FILE_BYTES} bytes each, {UNPACKED_BYTES} in all."
        yield FileProblem(file=UPLOADED, code="zip-too-large", reason=reason)
        return
    for member in sorted(members, key=lambda member: member.filename):
        if problem := problem_of(member.filename):
            yield problem
        elif member.filename.startswith("__MACOSX/"):
            continue
        else:
            # Reads no more than was declared, and fails where the member holds more.
            yield from read_file(member.filename, archive.read(member))


def problem_of(name: str) -> FileProblem | None:
    shown = name[:200].encode("ascii", "replace").decode().replace("\x00", "?")
    place = PurePosixPath(name.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts or ":" in name:
        reason = "A path in a zip stays inside it."
        return FileProblem(file=shown, code="zip-path", reason=reason)
    if place.suffix.lower() not in {".json", ".jsonl", ".ndjson", ".jsonld"}:
        return FileProblem(file=shown, code="file-unknown", reason="Only JSON files are read.")
    return None


def read_file(name: str, content: bytes) -> Read:
    """A whole JSON value; where that fails and there are more lines, one value a line."""
    content = content.removeprefix(UTF8_BOM)
    if content.count(b"\n") + content.count(b"\r") > LINES:
        reason = f"At most {LINES} lines, blank ones too."
        yield FileProblem(file=name, code="too-many-lines", reason=reason)
        return
    lines = content.splitlines() if content.lstrip()[:1] == b"{" else []
    if len(lines) > 1 and is_json(lines[0]):
        yield from read_lines(name, lines)
        return
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        yield problem_at(name, line_of(content, error), error)
        return
    if not isinstance(value, list):
        yield Document(name, None, "$", value)
        return
    for number, each in enumerate(value):
        yield Document(name, None, f"$[{number}]", each)


def read_lines(name: str, lines: list[bytes]) -> Read:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield Document(name, number, "$", orjson.loads(line))
        except orjson.JSONDecodeError as error:
            yield problem_at(name, number, error)


def is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def problem_at(name: str, line: int, error: orjson.JSONDecodeError) -> FileProblem:
    code = "json-malformed"
    if "UTF-8" in error.msg:
        code = "encoding"
    elif "depth" in error.msg:
        code = "json-too-deep"
    return FileProblem(file=name, line=line, code=code, reason=error.msg)


def line_of(content: bytes, error: orjson.JSONDecodeError) -> int:
    """orjson tells the line of every fault but that of a wrong encoding."""
    try:
        content.decode()
    except UnicodeDecodeError as wrong:
        return content.count(b"\n", 0, wrong.start) + 1
    return error.lineno
