"""The file of a school's attendance register: CSV with a header, one line a student and day.

Columns: `studentSourcedId` (as in the roster), `date` (ISO 8601), `category` (Ed-Fi
`AttendanceEventCategory`). Made for files of two school years of a whole district: days and
categories repeat, so that each is judged once.
"""

import csv
import re
from collections.abc import Container, Iterable, Iterator
from datetime import date
from io import StringIO
from typing import Any, NamedTuple

from services.students.exchange.file_validation.rules import Findings
from services.students.participation.attendance.rules import OLDEST_YEAR
from shared.contracts.students.attendance import AttendanceCategory

FILE = "attendance"
HEADER = ["studentSourcedId", "date", "category"]
SOURCED_ID_CHARACTERS = 255
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Entry(NamedTuple):
    sourced_id: str
    held_on: date
    category: str
    line: int


def read_register(file: bytes, today: date) -> tuple[list[Entry], Findings]:
    """All good lines, and everything wrong with the file."""
    findings = Findings()
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.count(b"\n", 0, error.start) + 1
        findings.add(FILE, line, None, "file.invalid_utf8", "the file is not UTF-8")
        return [], findings
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    entries: list[Entry] = []
    try:
        if next(reader, None) != HEADER:
            findings.add(FILE, 1, None, "header.unexpected", f"must be {','.join(HEADER)}")
        else:
            entries.extend(_entries(_of_width(reader, findings), findings, today))
    except csv.Error:
        findings.add(FILE, reader.line_num, None, "row.unreadable", "quoting or a field too long")
    return entries, findings


def first_of_unknown(entries: Iterable[Entry], known: Container[str]) -> list[Entry]:
    """For each student that the roster does not have, the first line with it."""
    first: dict[str, Entry] = {}
    for entry in entries:
        if entry.sourced_id not in known:
            first.setdefault(entry.sourced_id, entry)
    return list(first.values())


def _of_width(reader: Any, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    for row in reader:
        if len(row) == len(HEADER):
            yield reader.line_num, row
        else:
            why = f"{len(row)} fields, not {len(HEADER)}"
            findings.add(FILE, reader.line_num, None, "row.wrong_field_count", why)


def _entries(
    rows: Iterable[tuple[int, list[str]]], findings: Findings, today: date
) -> Iterator[Entry]:
    ids: dict[str, str | None] = {}
    days: dict[str, date | None] = {}
    categories: dict[str, str | None] = {c.value: c.value for c in AttendanceCategory}
    for line, (given_id, given_day, given_category) in rows:
        if given_id not in ids:
            ids[given_id] = _sourced_id(given_id)
        if given_day not in days:
            days[given_day] = _day(given_day, today)
        id, day, category = ids[given_id], days[given_day], categories.get(given_category)
        if id is not None and day is not None and category is not None:
            yield Entry(id, day, category, line)
            continue
        if id is None:
            findings.add(FILE, line, HEADER[0], "cell.invalid_id", "1 to 255 printable characters")
        if day is None:
            findings.add(
                FILE, line, HEADER[1], "cell.invalid_date", "a day to date, as 2026-09-01"
            )
        if category is None:
            findings.add(FILE, line, HEADER[2], "cell.invalid_enum", "a category of Ed-Fi")


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
