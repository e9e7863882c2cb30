"""How periods are written, and their order.

`2024-2025` (1 July to 30 June), `2024`, `2024-2025 Fall Semester` (Ed-Fi TermDescriptor; the terms
that have a place in the year), `2024-09-01/2024-12-20`.
"""

import re
from datetime import date
from typing import Final, NamedTuple

from shared.contracts.outcomes.indicator import PeriodKind

FIRST_YEAR, LAST_YEAR = 1950, 2100
TERMS: Final = (
    "Year Round", "Fall Semester", "Spring Semester", "Summer Semester", "First Trimester",
    "Second Trimester", "Third Trimester", "First Quarter", "Second Quarter", "Third Quarter",
    "Fourth Quarter",
)  # fmt: skip
SCHOOL_YEAR = re.compile(r"(\d{4})-(\d{4})(?: (.+))?", re.ASCII)
CALENDAR_YEAR = re.compile(r"\d{4}", re.ASCII)
DATE_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)", re.ASCII)


class Period(NamedTuple):
    """`rank` orders periods that begin on the same day."""

    kind: PeriodKind
    label: str
    starts_on: date
    ends_on: date
    rank: int


def period(label: str) -> Period:
    """The period that a label names. Raises ValueError for any other text, such as `2024-2026` or a
    range that ends before it begins."""
    if match := SCHOOL_YEAR.fullmatch(label):
        return _school_year(label, int(match[1]), int(match[2]), match[3])
    if CALENDAR_YEAR.fullmatch(label):
        year = _year(int(label))
        return Period(PeriodKind.CALENDAR_YEAR, label, date(year, 1, 1), date(year, 12, 31), 0)
    if match := DATE_RANGE.fullmatch(label):
        starts_on, ends_on = date.fromisoformat(match[1]), date.fromisoformat(match[2])
        _year(starts_on.year)
        _year(ends_on.year)
        if ends_on < starts_on:
            raise ValueError("the period ends before it begins")
        return Period(PeriodKind.DATE_RANGE, label, starts_on, ends_on, 0)
    raise ValueError("not a period")


def school_year(ends_in: int) -> str:
    """The label of the school year that ends in this year."""
    return f"{ends_in - 1}-{ends_in}"


def _school_year(label: str, first: int, last: int, term: str | None) -> Period:
    if last != _year(first) + 1:
        raise ValueError("a school year ends in the year after it begins")
    days = date(first, 7, 1), date(last, 6, 30)
    if term is None:
        return Period(PeriodKind.SCHOOL_YEAR, label, *days, 0)
    if term not in TERMS:
        raise ValueError("not a term")
    return Period(PeriodKind.TERM, label, *days, TERMS.index(term))


def _year(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"a year lies between {FIRST_YEAR} and {LAST_YEAR}")
    return year
