"""A student's engagement with a program: from the application to its end."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Answer, Body, Event
from shared.contracts.students.attendance import Day

MOST_MINUTES_A_WEEK = 7 * 24 * 60
MOST_WEEKS = 530

Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")
]


class EngagementStage(StrEnum):
    """The seven stages, as Salesforce PMM has them (vocabulary 5.5)."""

    APPLIED = "applied"
    DENIED = "denied"
    WAITLISTED = "waitlisted"
    ENROLLED = "enrolled"
    ACTIVE = "active"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


LIVE_STAGES = (
    EngagementStage.APPLIED,
    EngagementStage.WAITLISTED,
    EngagementStage.ENROLLED,
    EngagementStage.ACTIVE,
)
"""The engagement has not ended: it relates the partner to the child."""

PLACED_STAGES = (EngagementStage.ENROLLED, EngagementStage.ACTIVE)
"""The engagement takes one of the program's places."""


class EngagementDraft(Body):
    """Asks that a student join a program.

    `stage` is `applied`, or, for the program's own people, `enrolled` or `active` at once; where
    the program is full the engagement is `waitlisted` instead. The plan (`minutes_per_week` and
    `weeks`, together or not at all) is the dosage intended.
    """

    student_id: UUID
    program_id: UUID
    stage: EngagementStage = EngagementStage.APPLIED
    on: Day | None = Field(default=None, description="When; today if left out.")
    reason: Reason | None = None
    worker_id: UUID | None = Field(default=None, description="The account of the case worker.")
    minutes_per_week: int | None = Field(default=None, ge=1, le=MOST_MINUTES_A_WEEK)
    weeks: int | None = Field(default=None, ge=1, le=MOST_WEEKS)


class EngagementPlan(Body):
    """Who works with the student and how much is intended; replaces both."""

    worker_id: UUID | None = None
    minutes_per_week: int | None = Field(default=None, ge=1, le=MOST_MINUTES_A_WEEK)
    weeks: int | None = Field(default=None, ge=1, le=MOST_WEEKS)


class StageChange(Body):
    """Moves an engagement on. `denied` and `withdrawn` need a reason."""

    stage: EngagementStage
    on: Day | None = Field(default=None, description="When; today if left out.")
    reason: Reason | None = None


class Engagement(Answer):
    id: UUID
    version: int
    student_id: UUID
    program_id: UUID
    program_name: str
    partner_id: UUID
    partner_name: str | None
    stage: EngagementStage
    since: date
    position: int | None = Field(description="Place in the program's waiting list, from 1.")
    started_on: date | None
    ended_on: date | None
    worker_id: UUID | None
    minutes_per_week: int | None
    weeks: int | None


class StageStep(Answer):
    """One step of an engagement's history."""

    number: int
    stage: EngagementStage
    previous_stage: EngagementStage | None
    changed_on: date
    reason: str | None
    account_id: UUID | None = Field(description="Who; null where an event or a free place did.")


class Places(Answer):
    """A program's places. Numbers of fewer than ten children are null for people outside the
    partner, and with them what is free; `free` is null also where the program has no limit. A
    district is outside where a child of another district is in."""

    program_id: UUID
    partner_id: UUID
    name: str
    status: str
    capacity: int | None
    open: bool | None = Field(
        description="Whether it takes place and a child could get a place now. Of fewer than ten "
        "places null for people outside the partner, whom it would tell how many children are in."
    )
    taken: int | None
    waiting: int | None
    free: int | None


class PartnerReach(Answer):
    """What a partner's programs hold. Small numbers are null for people outside the partner."""

    partner_id: UUID
    children_reached: int | None = Field(description="Ever enrolled, active or completed.")
    programs: list[Places]


class EngagementChanged(Event):
    """An engagement began, moved to another stage, or its plan changed."""

    type: ClassVar[str] = "students.engagement.changed.v1"

    engagement_id: UUID
    student_id: UUID
    program_id: UUID
    partner_id: UUID
    stage: EngagementStage
    previous_stage: EngagementStage | None
    planned_minutes: int | None
    changed_on: date
