"""Which field of HSDS is which column, there and back without loss.

Columns have clean texts (`shared/formats/texts.py`). What no column takes, or takes only roughly (an
age of half a year, a latitude of 100, a text with spaces at its ends), stays in the row's `source`, so
that what goes out is what came in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import floor
from typing import Any
from uuid import UUID

from shared.formats.texts import clean, cleaned

Row = dict[str, Any]
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """`always`: may not be empty, so that emptying it has no effect."""

    field: str
    convert: Convert = cleaned
    always: bool = False
    empty: Any = None


def _within(lowest: float, most: float, convert: Convert) -> Convert:
    return lambda value: convert(value) if lowest <= value <= most else None


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value if each is not None]
    return value


def _parts(value: Any) -> Any:
    return cleaned(without_nulls(value))


def _plain(*names: str) -> dict[str, Column]:
    return {name: Column(name) for name in names}


def _lists(*names: str) -> dict[str, Column]:
    return {name: Column(name, _parts, empty=[]) for name in names}


AGE = _within(0, 150, floor)
PARTNER = {
    "name": Column("name", always=True),
    "kind": Column("kind", always=True),
    "url": Column("website"),
    "year_incorporated": Column("year_incorporated", _within(1000, 2200, floor)),
    "identifiers": Column("organization_identifiers", _parts, empty=[]),
    **_plain("alternate_name", "description", "email", "legal_status", "logo", "uri"),
    **_lists("phones", "contacts"),
}
SITE = {
    "name": Column("name", always=True),
    "location_type": Column("location_type", always=True),
    "latitude": Column("latitude", _within(-90, 90, float)),
    "longitude": Column("longitude", _within(-180, 180, float)),
    **_plain("alternate_name", "description", "transportation", "url"),
    **_lists("addresses", "phones", "contacts", "languages", "accessibility", "schedules"),
}
PROGRAM = {
    "name": Column("name", always=True),
    "status": Column("status", always=True),
    "minimum_age": Column("minimum_age", AGE),
    "maximum_age": Column("maximum_age", AGE),
    "grades": Column("grades", empty=[]),
    "starts_on": Column("starts_on", date.fromisoformat),
    "ends_on": Column("ends_on", date.fromisoformat),
    **_plain(
        "alternate_name", "description", "url", "email", "application_process",
        "fees_description", "eligibility_description", "interpretation_services",
        "accreditations", "alert", "capacity",
    ),
    **_lists("languages", "schedules", "cost_options", "phones", "contacts"),
}  # fmt: skip
NOTHING = (None, "")
# What is said by columns of their own, or by other rows.
BONDS = {"id", "organization_id", "service_at_locations"}


def columns_of(mapping: dict[str, Column], fields: Row) -> Row:
    """The columns that the file speaks of."""
    values: Row = {}
    for name, column in mapping.items():
        if column.field in fields:
            value = fields[column.field]
            converted = None if value in NOTHING else column.convert(value)
            if converted not in NOTHING:
                values[name] = converted
            elif not column.always:
                values[name] = column.empty
    return values


def source_of(mapping: dict[str, Column], fields: Row, known: Row) -> Row:
    """What is kept beside the columns: `known` with what the file says otherwise."""
    exact = {
        column.field
        for column in mapping.values()
        if fields.get(column.field) not in NOTHING and _is_exact(column, fields[column.field])
    }
    kept: Row = {name: value for name, value in known.items() if name not in fields}
    said = {
        name: value for name, value in fields.items()
        if name not in exact | BONDS and value not in NOTHING
    }  # fmt: skip
    kept |= without_nulls(said)
    return kept


def _is_exact(column: Column, value: Any) -> bool:
    converted = column.convert(value)
    return bool(_out(converted) == without_nulls(value))


def document_of(mapping: dict[str, Column], row: Row, source_id: str) -> Row:
    """The row as HSDS has it: what came in where it still holds, else what the column says."""
    document = {"id": source_id, **row["source"]}
    for name, column in mapping.items():
        value, came = row[name], document.get(column.field)
        if came is not None and column.convert(came) == value:
            continue
        document.pop(column.field, None)
        if value is not None and value != []:
            document[column.field] = _out(value)
    return document


def _out(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def site_name(fields: Row) -> str:
    """A location needs no name in HSDS; its address or kind then stands for it."""
    addresses = fields.get("addresses") or [{}]
    return clean(
        fields.get("name") or fields.get("alternate_name") or addresses[0].get("address_1")
        or f"{fields['location_type']} site"
    )  # fmt: skip


def is_uuid(id: str) -> bool:
    try:
        return str(UUID(id)) == id.lower()
    except ValueError:
        return False


def identifier_source(package_name: str, id: str) -> str:
    """Whose an id is: a UUID is everybody's, any other text only of the package that has it."""
    return "hsds" if is_uuid(id) or not package_name else f"hsds:{package_name}"
