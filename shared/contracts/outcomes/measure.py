"""Measures of one child, derived from the events of students. Disclosed only under a grant."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Answer, Event
from shared.contracts.outcomes.quantity import Percent


class MeasureKind(StrEnum):
    ATTENDANCE_RATE = "attendance_rate"
    CHRONIC_ABSENCE = "chronic_absence"
    DOSAGE_REACHED = "dosage_reached"


class AttendanceMeasure(Answer):
    """A child's attendance in a school year. Chronically absent: missed at least 10 % of the days
    enrolled."""

    school_year: int
    days_enrolled: int
    days_attended: int
    attendance_rate: Percent | None
    chronically_absent: bool | None
    as_of: date


class DosageMeasure(Answer):
    """The dosage of one engagement. Reached: at least 80 % of the minutes planned were
    delivered."""

    engagement_id: UUID
    program_id: UUID
    planned_minutes: int
    delivered_minutes: int
    share: Percent | None
    reached: bool | None
    as_of: date


class StudentMeasures(Answer):
    student_id: UUID
    attendance: list[AttendanceMeasure]
    dosage: list[DosageMeasure]


class MeasureChanged(Event):
    """A measure of a child has changed. `holds`: chronically absent, or dosage reached; null where
    there is nothing to measure yet. `divided`: false where the days of each school in the year are not
    known; students then announces the attendance again."""

    type: ClassVar[str] = "outcomes.measure.changed.v1"

    student_id: UUID
    measure: MeasureKind
    school_year: int | None
    engagement_id: UUID | None = None
    numerator: int
    denominator: int
    holds: bool | None
    divided: bool = True
