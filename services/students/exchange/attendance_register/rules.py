"""The file of a school's attendance register: CSV with a header, one line a student and day.

Columns: `studentSourcedId` (as in the roster), `date` (ISO 8601), `category` (Ed-Fi
`AttendanceEventCategory`), and where the file has them `schoolSourcedId`, the school of the day, and
`attended`, the part of the day that the child was there, from 0 to 1. Made for files of two school
years of a whole district: days and categories repeat, so that each is judged once.
"""

import re
from collections.abc import Container, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from services.students.participation.attendance.rules import (
    OLDEST_YEAR,
    PART_UNFIT,
    in_hundredths,
    part_fits,
)
from shared.contracts.students.attendance import AttendanceCategory
from shared.imports.codes import Code
from shared.imports.findings import Findings, Place
from shared.imports.headers import only, read_columns, respelled
from shared.imports.tables import Table, TableLimits, blocks_of

FILE = "attendance.csv"
HEADER = ["studentSourcedId", "date", "category"]
SCHOOL = "schoolSourcedId"
ATTENDED = "attended"
COLUMNS = [*HEADER, SCHOOL, ATTENDED]
HEADERS = (HEADER, [*HEADER, SCHOOL], [*HEADER, ATTENDED], COLUMNS)
SOURCED_ID_CHARACTERS = 255
PART = re.compile(r"0?\.\d{1,4}|[01](\.\d{0,4})?", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Entry(NamedTuple):
    sourced_id: str
    held_on: date
    category: str
    line: int
    school: str | None = None
    """The school's `sourcedId`, where the line names it."""
    hundredths: int | None = None
    """Of the day, the part that the child was there, where the line says it."""


def read_register(file: bytes, today: date) -> tuple[list[Entry], Findings]:
    """All good lines, and everything wrong with the file."""
    findings = Findings()
    table = Table(FILE, blocks_of(file), TableLimits(), findings)
    if table.header is None:
        return [], findings
    place = Place(FILE, table.header_line)
    names = respelled(table.header, COLUMNS, place, findings)
    known = [name for name in names if name in COLUMNS]
    if known not in HEADERS or len({*names}) < len(names):
        findings.add(
            place, Code.HEADER_WRONG, f"The header is {','.join(HEADER)}[,{SCHOOL}][,{ATTENDED}]."
        )
        return [], findings
    columns = read_columns(names, COLUMNS, place, findings)
    return list(_entries(table, columns, known, findings, today)), findings


def unknown(
    entries: Iterable[Entry], students: Container[str], schools: Container[str]
) -> Iterator[tuple[Place, str]]:
    """The place and the reason of each student and school that the roster does not have, at the
    first line with it."""
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        named = (
            (HEADER[0], entry.sourced_id, students, "student"),
            (SCHOOL, entry.school, schools, "school"),
        )
        for field, id, known, noun in named:
            if id is not None and id not in known and (field, id) not in seen:
                seen.add((field, id))
                yield Place(FILE, entry.line, field), f"The roster has no such {noun}."


def _entries(
    table: Table, columns: list[int], known: list[str], findings: Findings, today: date
) -> Iterator[Entry]:
    ids: dict[str, str | None] = {}
    days: dict[str, date | None] = {}
    categories: dict[str, str | None] = {c.value: c.value for c in AttendanceCategory}
    school_at, part_at = (known.index(n) if n in known else None for n in (SCHOOL, ATTENDED))
    numbered = (zip(lines, only(columns, rows), strict=True) for rows, lines in table.chunks())
    for line, row in chain.from_iterable(numbered):
        given_id, given_day, given_category = row[:3]
        if given_id not in ids:
            ids[given_id] = _sourced_id(given_id)
        if given_day not in days:
            days[given_day] = _day(given_day, today)
        id, day, category = ids[given_id], days[given_day], categories.get(given_category)
        part = _part(row[part_at], line, category, findings) if part_at is not None else None
        if id is not None and day is not None and category is not None:
            school = row[school_at] or None if school_at is not None else None
            yield Entry(id, day, category, line, school, part)
            continue
        if id is None:
            reason = "An id has 1 to 255 printable characters."
            findings.add(Place(FILE, line, HEADER[0]), Code.ID_MALFORMED, reason)
        if day is None:
            reason = "This takes a day up to today, such as 2026-09-01."
            findings.add(Place(FILE, line, HEADER[1]), Code.DATE, reason)
        if category is None:
            reason = "This takes one of Ed-Fi's attendance categories."
            findings.add(Place(FILE, line, HEADER[2]), Code.VALUE_UNKNOWN, reason)


def _part(given: str, line: int, category: str | None, findings: Findings) -> int | None:
    """The part of the day in hundredths, rounded half up; None where the cell is empty or wrong."""
    if not given:
        return None
    if not PART.fullmatch(given) or Decimal(given) > 1:
        reason = (
            "This takes the part of the day that the child was there, from 0 to 1, such as 0.5."
        )
        findings.add(Place(FILE, line, ATTENDED), Code.NUMBER, reason)
        return None
    hundredths = in_hundredths(given)
    if category is not None and not part_fits(category, hundredths):
        findings.add(Place(FILE, line, ATTENDED), Code.NUMBER, PART_UNFIT)
    return hundredths


def _sourced_id(given: str) -> str | None:
    return given if given.isprintable() and 0 < len(given) <= SOURCED_ID_CHARACTERS else None


def _day(given: str, today: date) -> date | None:
    if not ISO_DATE.fullmatch(given):
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return None
    return day if day.year >= OLDEST_YEAR and day <= today else None
