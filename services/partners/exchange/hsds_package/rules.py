"""The uploaded file: tables of CSV, one or a zip of them, or JSON as objects, lists, pages or
tables, one document or a zip of them."""

from collections.abc import Sequence
from typing import Any

from services.partners.exchange.csv_tables.rules import Placed, assemble, from_json
from services.partners.exchange.hsds_schema.rules import FILES
from services.partners.exchange.hsds_tables.rules import (
    DESCRIPTION,
    ROWS,
    Tables,
    single_table,
    zip_tables,
)
from services.partners.exchange.json_documents.rules import Package, Reader, without_unsound_texts
from services.partners.exchange.json_pages.rules import Pages, noun_of
from shared.contracts.import_mapping import TableSource
from shared.imports.archives import Archive, ZipLimits, is_zip, open_zip
from shared.imports.codes import Code
from shared.imports.documents import parsed
from shared.imports.findings import WHOLE, Findings, Place

ZIP = ZipLimits(members=200, member_bytes=256 * 2**20, total_bytes=256 * 2**20)
JSON_BYTES = 64 * 2**20
DOCUMENT = "document"
# A table whose first column is named PK is no zip.
HEADERS = tuple(b"PK%c" % ord(after) for after in ",\r\n _")
PASSED_OVER = "It is passed over: a taxonomy comes in with what it describes."


def read(content: bytes, mapping: Sequence[TableSource] = ()) -> tuple[Package, Findings]:
    package, findings = Package(), Findings()
    with findings.reading():
        if is_zip(content) and not (mapping and content.startswith(HEADERS)):
            _read_zip(open_zip(content, ZIP, findings), package, mapping, findings)
        elif mapping:
            _assemble(single_table(content, mapping, findings), package, findings)
        else:
            _read_documents({DOCUMENT: content}, package, findings)
    package.counts |= {
        "organizations": len(package.organizations),
        "locations": len(package.locations),
        "services": len(package.services),
    }
    return package, findings


def _read_zip(
    archive: Archive, package: Package, mapping: Sequence[TableSource], findings: Findings
) -> None:
    tables = zip_tables(archive, package, mapping, findings)
    documents = [
        name for name in sorted(archive.members)
        if name.lower().endswith(".json") and name.rpartition("/")[2].lower() != DESCRIPTION
    ]  # fmt: skip
    if sum(map(archive.size, documents)) > JSON_BYTES:
        reason = f"The JSON files may have {JSON_BYTES} bytes in all."
        findings.add(WHOLE, Code.ZIP_TOO_LARGE, reason)
    if tables or not documents:
        _assemble(tables, package, findings)
    if not findings.total:
        contents = {name: archive.content(name) for name in documents}
        _read_documents(contents, package, findings)


def _read_documents(contents: dict[str, bytes], package: Package, findings: Findings) -> None:
    reader, pages = Reader(package, findings), Pages()
    for name, content in contents.items():
        place = Place(name)
        with findings.reading():
            document = without_unsound_texts(parsed(content, place), place, findings)
            if findings.total:
                continue
            if isinstance(document, dict) and document and document.keys() <= FILES.keys():
                _assemble(_json_tables(document, findings), package, findings)
            else:
                _read_objects(document, place, reader, pages)
    reader.ensure_organized()
    pages.remark_missing(findings)


def _json_tables(document: dict[str, Any], findings: Findings) -> Tables:
    tables = Tables()
    for file, rows in document.items():
        if not isinstance(rows, list):
            findings.add(Place(file), Code.LIST)
            continue
        table = FILES[file]
        placed = [Placed(Place(file).at(n), from_json(table, row)) for n, row in enumerate(rows)]
        for each in placed:
            if not isinstance(each.row, dict):
                findings.add(each.place, Code.OBJECT)
        tables[table] = placed
    return tables


def _read_objects(document: Any, place: Place, reader: Reader, pages: Pages) -> None:
    """One object, a list of them, or a page as the specification's API answers it."""
    place, listed = pages.opened(document, place)
    findings = reader.findings
    if isinstance(listed, dict):
        _read_object(listed, place, reader)
    elif isinstance(listed, list):
        seen = set[str]()
        for number, each in enumerate(listed):
            at = place.at(number)
            if isinstance(each, dict) and isinstance(each.get("id"), str):
                if each["id"] in seen:
                    findings.add(at.at("id"), Code.DUPLICATE_ID)
                seen.add(each["id"])
            _read_object(each, at, reader)
    else:
        findings.add(place, Code.FORM)


def _read_object(value: Any, place: Place, reader: Reader) -> None:
    match noun_of(value, place.file):
        case "service_at_location":
            reader.service_at_location(value, place)
        case "location":
            reader.location(value, place, None)
        case "service":
            reader.service(value, place)
        case "organization":
            reader.organization(value, place)
        case "taxonomy":
            reader.findings.remark(place, Code.TAXONOMY_ALONE, PASSED_OVER)
        case _:
            code = Code.FORM if isinstance(value, dict) else Code.OBJECT
            reader.findings.add(place, code)


def _assemble(tables: Tables, package: Package, findings: Findings) -> None:
    if not tables and not findings.total:
        findings.add(WHOLE, Code.TABLES_MISSING)
    if sum(map(len, tables.values())) > ROWS:
        findings.add(WHOLE, Code.TOO_MANY_ROWS, f"A file may have {ROWS} rows at most.")
    if not findings.total:
        assemble(tables, package, findings)
