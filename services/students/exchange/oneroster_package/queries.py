"""Opens a OneRoster package. Raises `ImportRefused` for what is none."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

from services.students.exchange.oneroster_package import rules
from services.students.exchange.oneroster_package.rules import MANIFEST, Manifest, Member
from shared.contracts.imports import FileProblem
from shared.formats.zips import DAMAGED
from shared.imports.routes import ImportRefused

LINE_CHARS = 1_000_000
BLOCK_BYTES = 2**20


class Unreadable(Exception):
    """A file of the package that cannot be read on."""

    def __init__(self, line: int | None, code: str, reason: str) -> None:
        super().__init__(reason)
        self.line, self.code, self.reason = line, code, reason


def opened(content: bytes) -> tuple[zipfile.ZipFile, Manifest]:
    package = _zip(content)
    _ensure(rules.member_problems(_members(package)))
    names = package.namelist()
    if MANIFEST not in names:
        _refuse(MANIFEST, "package.missing_manifest", "there is no manifest.csv in the zip")
    manifest, problems = rules.read_manifest(_manifest_rows(package))
    _ensure(problems)
    _ensure(rules.presence_problems(manifest, names))
    return package, manifest


def lines(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    """The lines of a file of the package, each with its end. Raises `Unreadable`."""
    return chain.from_iterable(_blocks(package, name))


def _blocks(package: zipfile.ZipFile, name: str) -> Iterator[Iterable[str]]:
    """Blocks of whole lines: a million lines one by one would cost more than to check them."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest, number = "", 1
    try:
        with package.open(name) as raw:
            while piece := raw.read(BLOCK_BYTES):
                block = rest + _text(decoder, piece, number)
                cut = block.rfind("\n") + 1
                whole, rest = block[:cut], block[cut:]
                number += whole.count("\n")
                if len(rest) > LINE_CHARS:
                    raise Unreadable(number, "row.field_too_long", "the line is too long")
                yield io.StringIO(whole)
            yield filter(None, [rest + _text(decoder, b"", number, final=True)])
    except DAMAGED as error:
        reason = f"the zip cannot be unpacked ({type(error).__name__})"
        raise Unreadable(None, "package.corrupt", reason) from None


def size(package: zipfile.ZipFile, name: str) -> int:
    return package.getinfo(name).file_size


def _text(
    decoder: codecs.IncrementalDecoder, piece: bytes, line: int, *, final: bool = False
) -> str:
    """Not where the zip is opened: a name in it that is no UTF-8 raises the same there."""
    try:
        return decoder.decode(piece, final)
    except UnicodeDecodeError as error:
        line += error.object.count(b"\n", 0, error.start)
        raise Unreadable(line, "file.bad_encoding", "the file is not UTF-8") from None


def _zip(content: bytes) -> zipfile.ZipFile:
    with suppress(*DAMAGED):
        return zipfile.ZipFile(io.BytesIO(content))
    raise ImportRefused([FileProblem(file="", code="package.not_a_zip", reason="not a zip file")])


def _members(package: zipfile.ZipFile) -> list[Member]:
    return [
        Member(i.filename, i.file_size, i.compress_size, encrypted=bool(i.flag_bits & 1))
        for i in package.infolist()
    ]


def _manifest_rows(package: zipfile.ZipFile) -> list[list[str]]:
    if size(package, MANIFEST) > rules.MANIFEST_BYTES:
        _refuse(MANIFEST, "package.zip_bomb", "the manifest is too long")
    try:
        return list(csv.reader(lines(package, MANIFEST), strict=True))
    except csv.Error:
        _refuse(MANIFEST, "row.invalid_quoting", "the manifest cannot be read")
    except Unreadable as error:
        _refuse(MANIFEST, error.code, error.reason)
    return []


def _ensure(problems: list[FileProblem]) -> None:
    if problems:
        raise ImportRefused(problems)


def _refuse(file: str, code: str, reason: str) -> None:
    raise ImportRefused([FileProblem(file=file, code=code, reason=reason)])
