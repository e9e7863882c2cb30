"""School years and the arithmetic of daily attendance.

Sources: the GPRA indicators of Promise Neighborhoods (3.1: days attended ÷ days enrolled; 3.2:
chronic absence is missing at least 10 % of the days enrolled, for any reason, so that excused
absences count) and vocabulary 5.3. Tardy, partial days and early departures are days attended.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any
from uuid import UUID

from shared.contracts.students.attendance import AttendanceCategory, AttendanceMark
from shared.core.refusals import Conflict, Fault

FIRST_MONTH = 7  # school years run from 1 July to 30 June
CHRONIC_PER_CENT = 10
OLDEST_YEAR = 1990
FAULTS_SHOWN = 50


def school_year(day: date) -> int:
    """The calendar year in which the day's school year ends."""
    return day.year + (day.month >= FIRST_MONTH)


def first_day(year: int) -> date:
    return date(year - 1, FIRST_MONTH, 1)


def chronically_absent(days_enrolled: Any, days_attended: Any) -> Any:
    """Missed at least 10 % of the days enrolled; exact, since it counts in whole days.

    Of numbers it is a bool; of columns of numbers, which lists are read with, a column.
    """
    missed = days_enrolled - days_attended
    return (days_enrolled > 0) & (missed * 100 >= CHRONIC_PER_CENT * days_enrolled)


def ensure_school_day(day: date, today: date) -> None:
    if day > today:
        raise Conflict("date-in-future", f"{day} is after today, {today}.")
    if day.year < OLDEST_YEAR:
        raise Conflict("date-too-old", f"Attendance is kept from {OLDEST_YEAR} on.")


def ensure_on_roll(named: Sequence[UUID], roll: AbstractSet[UUID], field: str) -> None:
    """Each is named once and is on the roll. Hidden and absent answer alike."""
    seen: set[UUID] = set()
    faults: list[Fault] = []
    for place, id in enumerate(named):
        where = f"body.marks.{place}.{field}"
        if id not in roll:
            faults.append(
                Fault(field=where, code="not-on-roll", reason=f"{id} is not on the roll.")
            )
        elif id in seen:
            faults.append(Fault(field=where, code="named-twice", reason=f"{id} is named twice."))
        seen.add(id)
    if faults:
        raise Conflict("roll-does-not-fit", "Marks do not fit the roll.", faults[:FAULTS_SHOWN])


def whole_roll(
    roll: AbstractSet[UUID],
    marks: Sequence[AttendanceMark],
    everyone_else: AttendanceCategory | None,
) -> dict[UUID, AttendanceCategory]:
    """What was said of each student; where `everyone_else` is not given, only of those named."""
    named = {mark.student_id: mark.category for mark in marks}
    return named if everyone_else is None else dict.fromkeys(roll, everyone_else) | named
