"""Daily school attendance, its totals, and the words for both kinds of attendance."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event

MOST_MARKS = 5_000

Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31))]
"""A day that support can have been given on, or be planned for."""


class AttendanceCategory(StrEnum):
    """Ed-Fi `AttendanceEventCategoryDescriptor` 5.2.0, values as Ed-Fi spells them."""

    EARLY_DEPARTURE = "Early departure"
    EXCUSED_ABSENCE = "Excused Absence"
    IN_ATTENDANCE = "In Attendance"
    PARTIAL = "Partial"
    PRESENT = "Present"
    TARDY = "Tardy"
    UNEXCUSED_ABSENCE = "Unexcused Absence"


ABSENCES = (AttendanceCategory.EXCUSED_ABSENCE, AttendanceCategory.UNEXCUSED_ABSENCE)
"""Excused or not, an absence is a day missed; everything else is a day attended."""


class AttendanceMark(Body):
    student_id: UUID
    category: AttendanceCategory


class RollCall(Body):
    """One day's roll. Who is on the roll and not named gets `everyone_else`, where it is given."""

    marks: list[AttendanceMark] = Field(default=[], max_length=MOST_MARKS)
    everyone_else: AttendanceCategory | None = None


class RollCalled(Answer):
    """What a roll call did. Saying the same again changes nothing."""

    held_on: date
    marked: int
    changed: int


class AttendanceDay(Answer):
    student_id: UUID
    held_on: date
    category: AttendanceCategory
    school_id: UUID | None


class Attendance(Answer):
    """A student's daily attendance in one school year (1 July to 30 June), to date.

    `rate` is days attended ÷ days enrolled. `chronically_absent` is missing at least 10 % of the
    days enrolled for any reason (Promise Neighborhoods, GPRA 3.2).
    """

    student_id: UUID
    version: int
    school_year: int = Field(description="The calendar year in which it ends.")
    school_id: UUID | None
    days_enrolled: int
    days_attended: int
    days_excused: int
    days_tardy: int
    rate: float | None
    chronically_absent: bool
    as_of: date


class AttendanceCounted(Event):
    """A student's attendance in a school year, cumulative to `as_of`; replaces what was known."""

    type: ClassVar[str] = "students.attendance.counted.v1"

    student_id: UUID
    school_id: UUID | None
    school_year: int
    days_enrolled: int
    days_attended: int
    as_of: date
