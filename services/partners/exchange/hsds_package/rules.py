"""The uploaded file: a zip of CSV tables, or JSON as objects, lists, pages or tables."""

from typing import Any

import orjson

from services.partners.exchange.csv_tables.rules import Placed, assemble, from_json
from services.partners.exchange.file_validation.rules import Place, Problems
from services.partners.exchange.hsds_schema.rules import FILES
from services.partners.exchange.json_documents.rules import Package, Reader
from services.partners.exchange.text_checks.rules import DEPTH, ROWS, add, decoded, text_fault
from services.partners.exchange.zip_files.rules import read_zip

DOCUMENT = "document"
# What an organization has not.
TAXONOMY = {"version", "taxonomy", "taxonomy_id", "taxonomy_detail", "term_uri", "code"}


def read(content: bytes) -> tuple[Package, Problems]:
    package, problems = Package(), Problems()
    if content.startswith(b"PK"):
        _assemble(read_zip(content, package, problems), package, problems)
    else:
        _read_json(content, package, problems)
    package.counts |= {
        "organizations": len(package.organizations),
        "locations": len(package.locations),
        "services": len(package.services),
    }
    return package, problems


def _read_json(content: bytes, package: Package, problems: Problems) -> None:
    text = decoded(content, DOCUMENT, problems)
    if problems.count:
        return
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        code = "too-deep" if "depth" in error.msg else "json"
        add(problems, Place(DOCUMENT, error.lineno), code)
        return
    if not _sound(document, problems):
        return
    if isinstance(document, dict) and document and all(name in FILES for name in document):
        _assemble(_json_tables(document, problems), package, problems)
    else:
        _read_objects(document, Reader(package, problems), problems)


def _sound(document: Any, problems: Problems) -> bool:
    """Depth and texts of everything, known or not; walked without recursion."""
    waiting: list[tuple[Place, Any, int]] = [(Place(DOCUMENT), document, 0)]
    while waiting:
        place, value, depth = waiting.pop()
        if depth > DEPTH:
            add(problems, Place(DOCUMENT), "too-deep")
            return False
        if isinstance(value, dict):
            for name, each in value.items():
                if text_fault(name):
                    add(problems, place, str(text_fault(name)))
                else:
                    waiting.append((place.at(name[:200]), each, depth + 1))
        elif isinstance(value, list):
            waiting += [(place.at(n), each, depth + 1) for n, each in enumerate(value)]
        elif isinstance(value, str) and text_fault(value):
            add(problems, place, str(text_fault(value)))
    return problems.count == 0


def _json_tables(document: dict[str, Any], problems: Problems) -> dict[str, list[Placed]]:
    tables: dict[str, list[Placed]] = {}
    for file, rows in document.items():
        if not isinstance(rows, list):
            problems.add(Place(file), "list")
            continue
        table = FILES[file]
        placed = [Placed(Place(file).at(n), from_json(table, row)) for n, row in enumerate(rows)]
        for each in placed:
            if not isinstance(each.row, dict):
                problems.add(each.place, "object")
        tables[table] = placed
    return tables


def _read_objects(document: Any, reader: Reader, problems: Problems) -> None:
    """One object, a list of them, or a page as the specification's API answers it."""
    place, seen = Place(DOCUMENT), set()
    for name in ("contents", "items"):  # a page of the specification's, a page of ours
        if isinstance(document, dict) and name in document:
            place, document = place.at(name), document[name]
    if isinstance(document, dict):
        _read_object(document, place, reader, problems)
    elif isinstance(document, list):
        for number, each in enumerate(document):
            at = place.at(number)
            if isinstance(each, dict) and isinstance(each.get("id"), str):
                if each["id"] in seen:
                    add(problems, at.at("id"), "duplicate-id")
                seen.add(each["id"])
            _read_object(each, at, reader, problems)
    else:
        add(problems, place, "form")


def _read_object(value: Any, place: Place, reader: Reader, problems: Problems) -> None:
    if not isinstance(value, dict):
        problems.add(place, "object")
    elif "service" in value:
        reader.service_at_location(value, place)
    elif "location_type" in value:
        reader.location(value, place, None)
    elif {"status", "organization", "organization_id", "service_at_locations"} & value.keys():
        reader.service(value, place)
    elif "name" in value and not value.keys() & TAXONOMY:
        reader.organization(value, place)
    elif "name" in value and TAXONOMY & value.keys():
        add(problems, place, "taxonomy-alone")
    else:
        add(problems, place, "form")


def _assemble(tables: dict[str, list[Placed]], package: Package, problems: Problems) -> None:
    if not tables and not problems.count:
        add(problems, Place(""), "tables-missing")
    if sum(map(len, tables.values())) > ROWS:
        add(problems, Place(""), "too-many-rows")
    if not problems.count:
        assemble(tables, package, problems)
