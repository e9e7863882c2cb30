"""A zip of CSV tables, as it may come from anybody."""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator

import orjson

from services.partners.exchange.csv_tables.rules import Placed, from_cells
from services.partners.exchange.file_validation.rules import Place, Problems
from services.partners.exchange.hsds_schema.rules import FILES, layout
from services.partners.exchange.json_documents.rules import Package
from services.partners.exchange.text_checks.rules import LINES, add, decoded, text_fault
from shared.formats.zips import DAMAGED

UNPACKED_BYTES = 256 * 1024 * 1024
MEMBERS = 200
# What a spreadsheet would run: a phone number may begin with a plus.
FORMULA = re.compile(r"[=@]|[+\-].*\|", re.DOTALL)


def read_zip(content: bytes, package: Package, problems: Problems) -> dict[str, list[Placed]]:
    """The rows of each table."""
    tables: dict[str, list[Placed]] = {}
    lines = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name, info in _members(archive, problems):
                table = FILES.get(name)
                if name == "datapackage.json":
                    package.name = _name(_unpacked(archive, info))
                elif table in tables:
                    add(problems, Place(name), "file-twice")
                elif table is not None:
                    unpacked = _unpacked(archive, info)
                    lines += unpacked.count(b"\n") + unpacked.count(b"\r")
                    if lines > LINES:  # blank ones are cheap to pack, and not to read
                        add(problems, Place(name), "too-many-lines")
                        break
                    tables[table] = list(_rows(table, name, unpacked, problems))
                elif name.endswith(".csv"):
                    package.counts["tables_ignored"] = package.counts.get("tables_ignored", 0) + 1
    except OverflowError:
        add(problems, Place(""), "zip-too-large")
    except DAMAGED:
        add(problems, Place(""), "zip-unreadable")
    except RuntimeError:
        add(problems, Place(""), "zip-encrypted")
    return tables


def _members(
    archive: zipfile.ZipFile, problems: Problems
) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Each file with its bare name. Raises OverflowError for a bomb, before unpacking it."""
    # Not is_dir(): it fails for a name that a damaged zip left empty.
    infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
    if len(infos) > MEMBERS or sum(info.file_size for info in infos) > UNPACKED_BYTES:
        raise OverflowError
    for info in infos:
        path = info.orig_filename
        steps = path.replace("\\", "/").split("/")
        if ".." in steps or path.startswith(("/", "\\")) or ":" in path or "\0" in path:
            add(problems, Place(path.replace("\0", "")[:200]), "zip-path")
        elif steps[0] != "__MACOSX":
            yield steps[-1].lower(), info


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """At most what the directory of the zip said: it may lie."""
    with archive.open(info) as member:
        content = member.read(info.file_size + 1)
    if len(content) > info.file_size:
        raise OverflowError
    return content


def _name(content: bytes) -> str:
    """Of the package as its description has it."""
    try:
        described = orjson.loads(content)
    except orjson.JSONDecodeError:
        return ""
    name = described.get("name") if isinstance(described, dict) else None
    return name[:100].replace("\0", "") if isinstance(name, str) else ""


def _rows(table: str, file: str, content: bytes, problems: Problems) -> Iterator[Placed]:
    text = decoded(content, file, problems)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        if not _good_header(table, file, header, problems):
            return
        line = reader.line_num + 1
        for cells in reader:
            place, line = Place(file, line), reader.line_num + 1
            if cells and _good_cells(header, cells, place, problems):
                yield Placed(place, from_cells(table, dict(zip(header, cells, strict=True))))
    except csv.Error as error:
        code = "field-too-long" if "field larger" in str(error) else "csv"
        add(problems, Place(file, reader.line_num), code)


def _good_header(table: str, file: str, header: list[str], problems: Problems) -> bool:
    before = problems.count
    for name in sorted(name for name, times in Counter(header).items() if times > 1):
        add(problems, Place(file, 1, name or None), "header-twice" if name else "header-blank")
    for known in layout(table).fields.values():
        if known.needed and known.name not in header:
            add(problems, Place(file, 1, known.name), "header-missing")
    return problems.count == before


def _good_cells(header: list[str], cells: list[str], place: Place, problems: Problems) -> bool:
    if len(cells) != len(header):
        add(problems, place, "cells")
        return False
    for name, cell in zip(header, cells, strict=True):
        code = text_fault(cell) or ("formula" if FORMULA.match(cell) else None)
        if code is not None:
            add(problems, place.at(name), code)
    return True
