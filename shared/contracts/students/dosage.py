"""Dosage: the minutes of a program that a student received, against the planned minutes."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Event
from shared.contracts.outcomes.quantity import Percent
from shared.contracts.students.student import StudentName


class Dosage(Answer):
    """The dosage of one engagement, to date.

    `planned_minutes` is the plan's minutes per week × weeks. Without a plan, it is the minutes of
    the program's sessions that are not canceled and lie within the engagement.
    """

    engagement_id: UUID
    version: int
    student_id: UUID
    student_name: StudentName = None
    program_id: UUID
    program_name: str
    partner_id: UUID
    partner_name: str | None
    planned_minutes: int
    delivered_minutes: int
    sessions_planned: int
    sessions_attended: int
    share: float | None = Field(deprecated=True, description="Delivered ÷ planned, from 0 up.")
    delivered_share: Percent | None = Field(
        default=None,
        description="`delivered_minutes` of `planned_minutes`, 100 at most; null where nothing is"
        " planned.",
    )
    as_of: date


class DosageCounted(Event):
    """The dosage of an engagement, cumulative to `as_of`. It replaces earlier events about the same
    engagement."""

    type: ClassVar[str] = "students.dosage.counted.v1"

    engagement_id: UUID
    student_id: UUID
    program_id: UUID
    partner_id: UUID
    planned_minutes: int
    delivered_minutes: int
    sessions_planned: int
    sessions_attended: int
    as_of: date
