"""Daily school attendance and its totals, and the categories for both kinds of attendance."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.outcomes.quantity import Percent
from shared.contracts.students.student import StudentName

MOST_MARKS = 5_000

Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31))]
"""A day on which support can have been given, or for which it can be planned."""


class AttendanceCategory(StrEnum):
    """Ed-Fi `AttendanceEventCategoryDescriptor` 5.2.0; values as Ed-Fi spells them."""

    EARLY_DEPARTURE = "Early departure"
    EXCUSED_ABSENCE = "Excused Absence"
    IN_ATTENDANCE = "In Attendance"
    PARTIAL = "Partial"
    PRESENT = "Present"
    TARDY = "Tardy"
    UNEXCUSED_ABSENCE = "Unexcused Absence"


ABSENCES = (AttendanceCategory.EXCUSED_ABSENCE, AttendanceCategory.UNEXCUSED_ABSENCE)
"""An absence, excused or not, is a day missed. Every other category is a day attended."""


Attended = Annotated[
    float,
    Field(
        ge=0, le=1, description="The part of the day that the student was there, in hundredths."
    ),
]


class AttendanceMark(Body):
    """`attended` says how much of the day the student was there. Without it an absence is none of
    the day, and every other category all of it."""

    student_id: UUID
    category: AttendanceCategory
    attended: Attended | None = None


class RollCall(Body):
    """One day's roll. A student on the roll without a mark gets `everyone_else`, where it is
    given."""

    marks: list[AttendanceMark] = Field(default=[], max_length=MOST_MARKS)
    everyone_else: AttendanceCategory | None = None


class RollCalled(Answer):
    """The result of a roll call. Sending the same roll again changes nothing."""

    held_on: date
    marked: int
    changed: int
    partial_as_whole: int = Field(
        default=0,
        description="Partial days without the part that was attended, which count as whole days.",
    )


class RollEntry(Answer):
    """A student on the roll of a class that day, with the mark of the class's school; `category` is
    null where it has none yet. The names are null where they are withheld from the caller."""

    student_id: UUID
    given_name: str | None
    family_name: str | None
    preferred_given_name: str | None
    category: AttendanceCategory | None
    attended: float | None


class ClassRoll(Answer):
    """The roll of a class for one day, by name, as far as the reader may see the attendance."""

    class_id: UUID
    class_title: str
    school_id: UUID
    school_name: str
    held_on: date
    students: list[RollEntry]


class AttendanceDay(Answer):
    """A student's mark for a day at a school; null, where neither a file nor the roster tells the
    school."""

    student_id: UUID
    held_on: date
    category: AttendanceCategory
    school_id: UUID | None
    school_name: str | None
    attended: float | None = Field(
        default=None,
        description="The part of the day that the student was there; null where it is not said.",
    )


class AttendanceAtSchool(Answer):
    """The part of a student's school year that was spent at one school; `school_id` is null for days
    whose school is not known."""

    school_id: UUID | None
    days_enrolled: int
    hundredths_attended: int = Field(description="Days attended, in hundredths of a day.")
    as_of: date


class Attendance(Answer):
    """A student's daily attendance in one school year (1 July to 30 June), to date.

    `chronically_absent` is missing at least 10 % of the
    days enrolled for any reason (Promise Neighborhoods, GPRA 3.2); of nobody with fewer days than the
    platform's least number is it said. A day with marks of several
    schools is one day, attended by the mean of them; `schools` has the days of each.
    """

    student_id: UUID
    student_name: StudentName = None
    version: int
    school_year: int = Field(description="The calendar year in which the school year ends.")
    school_id: UUID | None = Field(description="The school of the last day.")
    school_name: str | None
    days_enrolled: int
    days_attended: int = Field(description="In whole days, rounded; `attended` is exact.")
    attended: float | None = Field(
        default=None, description="Days attended, parts of days included."
    )
    days_excused: int
    days_tardy: int
    rate: float | None = Field(deprecated=True, description="As `attendance_rate`, from 0 to 1.")
    attendance_rate: Percent | None = Field(
        default=None, description="`attended` of `days_enrolled`; null of no days."
    )
    chronically_absent: bool
    as_of: date
    schools: list[AttendanceAtSchool] = []


class AttendanceCounted(Event):
    """A student's attendance in a school year, cumulative to `as_of`; replaces earlier events about
    the same year. `schools` has the days of each school; it is null from a release that counted a
    whole year for the school of its last day."""

    type: ClassVar[str] = "students.attendance.counted.v1"

    student_id: UUID
    school_id: UUID | None
    school_year: int
    days_enrolled: int
    days_attended: int
    as_of: date
    hundredths_attended: int | None = None
    schools: list[AttendanceAtSchool] | None = None
