"""Whether a value is what its field may hold.

A malformed field is left out with a remark, as if the file did not have it, where the platform keeps
no such field, or where an empty one says nothing wrong: a telephone's extension, an address on the
web, a pair of coordinates. Refused are ids, needed values, and fields that say something wrong when
they are empty: no age is every age, and a schedule without its end never ends.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, Final

from services.partners.exchange.hsds_import.rules import PARTNER, PROGRAM, SITE
from services.partners.exchange.hsds_schema.rules import CHOICES, UNKEPT, WHOLE, Field, layout
from shared.contracts.grade import Grade
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place

TEXT_CHARACTERS = 50_000
ID_CHARACTERS = 200
NUMBER_MOST = 2_000_000_000
COUNT_MOST = 1_000_000
GRADES = frozenset(Grade)
UNSAFE = re.compile(r"\s*(javascript|data|vbscript)\s*:", re.IGNORECASE)
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
INTEGER = re.compile(r"-?\d{1,12}", re.ASCII)
DECIMAL = re.compile(r"-?\d{1,12}\.\d{1,12}", re.ASCII)
COORDINATES = ("latitude", "longitude")
KEPT = {
    table: {column.field for column in columns.values()}
    for table, columns in (("organization", PARTNER), ("location", SITE), ("service", PROGRAM))
}
# An empty one of these kinds says less, and nothing wrong, but for the fields that follow.
HARMLESS_KINDS = frozenset({"text", "uri", "time", "number"})
MEANINGFUL = frozenset({
    "minimum_age", "maximum_age", "count", "interval", "byday", "byweekno", "bymonthday",
    "byyearday",
})  # fmt: skip


def check_row(table: str, row: dict[str, Any], place: Place, findings: Findings) -> dict[str, Any]:
    """A copy of the row, whose known fields are as they may be; null is no value."""
    checked = dict(row)
    for known in layout(table).fields.values():
        value = row.get(known.name)
        blank = value is None or (isinstance(value, str) and not value.strip())
        if known.needed and (value is None or (known.filled and blank)):
            _lack(table, known, checked, place, findings)
        elif value is not None and (code := fault_of(known, value)) is not None:
            _mend(table, known, code, checked, place, findings)
    if any(row.get(name) is not None and name not in checked for name in COORDINATES):
        for name in COORDINATES:
            checked.pop(name, None)  # one alone is no place
    return checked


def may_lack(table: str, known: Field) -> bool:
    """Whether the row is right without this field."""
    if table in UNKEPT:
        return True
    if known.binds or known.filled or known.name in MEANINGFUL:
        return False
    return not is_kept(table, known.name) or known.kind in HARMLESS_KINDS


def is_kept(table: str, name: str) -> bool:
    """Whether the platform has a column for the field, or binds rows by it."""
    known = layout(table).fields.get(name)
    if known is None or table in UNKEPT:
        return False
    return known.binds or table not in WHOLE or name in KEPT[table]


def _lack(table: str, known: Field, row: dict[str, Any], place: Place, findings: Findings) -> None:
    at = place.at(known.name)
    if not may_lack(table, known):
        findings.add(at, Code.REQUIRED)
        return
    if known.name in row or place.line is None:  # a table says at its header what it lacks
        findings.remark(at, Code.REQUIRED)
    if table not in WHOLE and not known.filled:
        row[known.name] = ""  # so that it goes out as the standard has it


def _mend(
    table: str, known: Field, code: Code, row: dict[str, Any], place: Place, findings: Findings
) -> None:
    at, meant = place.at(known.name), _meant(table, known, row[known.name])
    reason = f"At most {_characters(known)} characters." if code is Code.FIELD_TOO_LONG else None
    if meant is not None:
        findings.remark(at, code)
        row[known.name] = meant
    elif not may_lack(table, known):
        findings.add(at, code, reason)
    else:
        findings.remark(at, code, reason)
        del row[known.name]
        if known.needed and not known.filled:
            row[known.name] = ""


def _meant(table: str, known: Field, value: Any) -> str | int | float | None:
    """A number that came as text, or a text as a number, where it can mean nothing else."""
    if known.kind in {"number", "count"} and isinstance(value, str):
        number = number_of(value.strip())
        return number if fault_of(known, number) is None else None
    named = known.binds or (known.filled and table in WHOLE)
    if known.kind == "text" and type(value) is int and not named and abs(value) <= 10**30:
        return str(value)
    return None


def number_of(cell: str) -> int | float | str:
    if INTEGER.fullmatch(cell):
        return int(cell)
    return float(cell) if DECIMAL.fullmatch(cell) else cell


def fault_of(known: Field, value: Any) -> Code | None:
    if known.kind in {"number", "count"}:
        return _number_fault(known.kind, value)
    if known.kind == "grades":
        good = isinstance(value, list) and all(isinstance(g, str) and g in GRADES for g in value)
        return None if good else Code.GRADES
    return _text_fault(known, value) if isinstance(value, str) else Code.TEXT


def _text_fault(known: Field, value: str) -> Code | None:
    if len(value) > _characters(known):
        return Code.FIELD_TOO_LONG
    if known.kind in CHOICES:
        return None if value in CHOICES[known.kind] else Code.CHOICE
    if known.kind == "uri":
        return Code.URI_UNSAFE if UNSAFE.match(value) else None
    return _time_fault(known.kind, value)


def _characters(known: Field) -> int:
    return ID_CHARACTERS if known.name == "id" or known.refers_to else TEXT_CHARACTERS


def _number_fault(kind: str, value: Any) -> Code | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole and (kind == "count" or not isinstance(value, float)):
        return Code.NUMBER
    lowest, most = (0, COUNT_MOST) if kind == "count" else (-NUMBER_MOST, NUMBER_MOST)
    return None if lowest <= value <= most else Code.NUMBER_OUT_OF_RANGE


def _time_fault(kind: str, value: str) -> Code | None:
    if kind not in TIMES:
        return None
    code, read = TIMES[kind]
    try:
        read(value)
    except ValueError:
        return code
    return None


def _date(value: str) -> date:
    if not ISO_DATE.fullmatch(value):
        raise ValueError
    return date.fromisoformat(value)


TIMES: Final[dict[str, tuple[Code, Callable[[str], object]]]] = {
    "date": (Code.DATE, _date),
    "time": (Code.TIME, time.fromisoformat),
    "moment": (Code.MOMENT, datetime.fromisoformat),
}
