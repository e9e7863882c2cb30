"""Whether a value is what its field may hold; what is wrong is gathered, with its place."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, get_args

from services.partners.exchange.hsds_schema.rules import CHOICES, Field, layout
from shared.contracts.imports import FileProblem
from shared.contracts.partners.parts import Grade

TEXT_CHARACTERS = 50_000
ID_CHARACTERS = 200
NUMBER_MOST = 2_000_000_000
COUNT_MOST = 1_000_000
PROBLEMS = 10_000
GRADES = frozenset(get_args(Grade))
UNSAFE = re.compile(r"\s*(javascript|data|vbscript)\s*:", re.IGNORECASE)
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
REASONS = {
    "required": "A value is needed here.",
    "text": "This takes text.",
    "number": "This takes a number.",
    "number-out-of-range": "The number is beyond what any could mean here.",
    "date": "This takes a date, such as 2026-09-01.",
    "time": "This takes a time of day, such as 17:30.",
    "moment": "This takes a date with a time, such as 2026-09-01T10:00:00Z.",
    "choice": "This takes one of the values of the specification.",
    "uri-unsafe": "This address would run as a script.",
    "field-too-long": f"A text may have {TEXT_CHARACTERS} characters at most.",
    "list": "This takes a list.",
    "object": "This takes an object.",
    "grades": "This takes a list of grades as OneRoster spells them.",
}


@dataclass(frozen=True)
class Place:
    """`path` leads into JSON; a table has lines."""

    file: str
    line: int | None = None
    path: str | None = None

    def at(self, step: str | int) -> "Place":
        step = f"[{step}]" if isinstance(step, int) else f".{step}" if self.path else step
        return Place(self.file, self.line, f"{self.path or ''}{step}")


@dataclass
class Problems:
    found: list[FileProblem] = field(default_factory=list)
    count: int = 0

    def add(self, place: Place, code: str, reason: str | None = None) -> None:
        self.count += 1
        if len(self.found) < PROBLEMS:
            self.found.append(
                FileProblem(
                    file=place.file,
                    line=place.line,
                    field=place.path,
                    code=code,
                    reason=reason or REASONS[code],
                )
            )


def check_row(table: str, row: dict[str, Any], place: Place, problems: Problems) -> dict[str, Any]:
    """A copy of the row, whose known fields are as they may be; null is no value."""
    for known in layout(table).fields.values():
        value = row.get(known.name)
        blank = value is None or (isinstance(value, str) and not value.strip())
        if known.needed and (value is None or (known.filled and blank)):
            problems.add(place.at(known.name), "required")
        elif value is not None:
            code = _fault(known, value)
            if code is not None:
                problems.add(place.at(known.name), code)
    return dict(row)


def _fault(known: Field, value: Any) -> str | None:
    if known.kind in {"number", "count"}:
        return _number_fault(known.kind, value)
    if known.kind == "grades":
        good = isinstance(value, list) and all(isinstance(g, str) and g in GRADES for g in value)
        return None if good else "grades"
    return _text_fault(known, value) if isinstance(value, str) else "text"


def _text_fault(known: Field, value: str) -> str | None:
    most = ID_CHARACTERS if known.name == "id" or known.refers_to else TEXT_CHARACTERS
    if len(value) > most:
        return "field-too-long"
    if known.kind in CHOICES:
        return None if value in CHOICES[known.kind] else "choice"
    if known.kind == "uri":
        return "uri-unsafe" if UNSAFE.match(value) else None
    return _time_fault(known.kind, value)


def _number_fault(kind: str, value: Any) -> str | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole and (kind == "count" or not isinstance(value, float)):
        return "number"
    lowest, most = (0, COUNT_MOST) if kind == "count" else (-NUMBER_MOST, NUMBER_MOST)
    return None if lowest <= value <= most else "number-out-of-range"


def _time_fault(kind: str, value: str) -> str | None:
    read = {"date": _date, "time": time.fromisoformat, "moment": datetime.fromisoformat}.get(kind)
    if read is None:
        return None
    try:
        read(value)
    except ValueError:
        return kind
    return None


def _date(value: str) -> date:
    if not ISO_DATE.fullmatch(value):
        raise ValueError
    return date.fromisoformat(value)
