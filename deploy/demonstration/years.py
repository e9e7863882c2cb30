"""School years and their 180 days. A school year is named by the year in which it ends."""

from collections.abc import Iterator
from datetime import date, timedelta

FIRST_MONTH = 7
SCHOOL_DAYS = 180
FRIDAY = 4


def school_year_of(day: date) -> int:
    return day.year + (day.month >= FIRST_MONTH)


def first_day(year: int) -> date:
    """1 July: rosters run from here, so that classes are current all year round."""
    return date(year - 1, FIRST_MONTH, 1)


def last_day(year: int) -> date:
    return first_day(year + 1) - timedelta(days=1)


def school_days(year: int) -> list[date]:
    """From the last week of August on, without week-ends and holidays."""
    days = _weekdays(date(year - 1, 8, 25))
    free = holidays(year)
    found: list[date] = []
    while len(found) < SCHOOL_DAYS:
        day = next(days)
        if day not in free:
            found.append(day)
    return found


def holidays(year: int) -> set[date]:
    autumn, spring = year - 1, year
    thanksgiving = _nth(autumn, 11, 3, 4)
    single = {
        _nth(autumn, 9, 0, 1), _nth(autumn, 10, 0, 2), date(autumn, 11, 11),
        thanksgiving, thanksgiving + timedelta(days=1),
        _nth(spring, 1, 0, 3), _nth(spring, 2, 0, 3), _nth(spring, 5, 0, 4),
    }  # fmt: skip
    winter = {date(autumn, 12, 22) + timedelta(days=n) for n in range(12)}
    first_monday = _nth(spring, 4, 0, 1)
    return single | winter | {first_monday + timedelta(days=n) for n in range(5)}


def _weekdays(day: date) -> Iterator[date]:
    while True:
        if day.weekday() <= FRIDAY:
            yield day
        day += timedelta(days=1)


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth such weekday of a month; Monday is 0."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
