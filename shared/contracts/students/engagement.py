"""A student's engagement with a program, from the application to the end."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Answer, Body, Event
from shared.contracts.students.attendance import Day
from shared.contracts.students.consent import Signing
from shared.contracts.students.student import StudentName

MOST_MINUTES_A_WEEK = 7 * 24 * 60
MOST_WEEKS = 530
WORKER = "The account of the case worker, who is on the staff of the program's partner now."

Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")
]


class EngagementStage(StrEnum):
    """The seven stages of Salesforce PMM (vocabulary 5.5)."""

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
    """A request that a student join a program.

    `stage` is `applied`. The program's own people may also begin with `enrolled` or `active`; in a
    full program the engagement is `waitlisted` instead. The plan is the intended dosage:
    `minutes_per_week` and `weeks`, both or neither.
    """

    student_id: UUID
    program_id: UUID
    stage: EngagementStage = EngagementStage.APPLIED
    on: Day | None = Field(default=None, description="The day of the step; today if left out.")
    reason: Reason | None = None
    worker_id: UUID | None = Field(default=None, description=WORKER)
    minutes_per_week: int | None = Field(default=None, ge=1, le=MOST_MINUTES_A_WEEK)
    weeks: int | None = Field(default=None, ge=1, le=MOST_WEEKS)
    signing: Signing | None = Field(
        default=None,
        description="For the district: a person with rights in the record has applied on paper.",
    )


class EngagementPlan(Body):
    """The case worker and the intended dosage of an engagement. It replaces both. A worker who has
    left the partner stays until another one is named."""

    worker_id: UUID | None = Field(default=None, description=WORKER)
    minutes_per_week: int | None = Field(default=None, ge=1, le=MOST_MINUTES_A_WEEK)
    weeks: int | None = Field(default=None, ge=1, le=MOST_WEEKS)


class StageChange(Body):
    """The next stage of an engagement. `denied` and `withdrawn` need a reason."""

    stage: EngagementStage
    on: Day | None = Field(default=None, description="The day of the step; today if left out.")
    reason: Reason | None = None


class Engagement(Answer):
    id: UUID
    version: int
    student_id: UUID
    student_name: StudentName = None
    program_id: UUID
    program_name: str
    partner_id: UUID
    partner_name: str | None
    stage: EngagementStage
    since: date
    position: int | None = Field(description="The place in the program's waiting list, from 1.")
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
    account_id: UUID | None = Field(
        description="The account that took the step; null where an event or a free place caused it."
    )
    given_by: UUID | None = Field(
        description="The person with rights in the record whose application this is; null where"
        " school, district or partner took the step."
    )
    signed_on: date | None = Field(description="The day of an application on paper.")


class Places(Answer):
    """A program's places. For people outside the partner, a number of fewer than ten children is
    null, and `free` with it. `free` is also null for a program without a limit. A district counts
    as outside where a child of another district is in the program."""

    program_id: UUID
    partner_id: UUID
    partner_name: str | None
    name: str
    status: str
    capacity: int | None
    open: bool | None = Field(
        description="Whether the program takes place and a child could get a place now. For people"
        " outside the partner, null for a program of fewer than ten places, where the answer would"
        " reveal the number of its children."
    )
    taken: int | None
    waiting: int | None
    free: int | None


class PartnerReach(Answer):
    """The children in a partner's programs, in numbers. Small numbers are null for people outside
    the partner."""

    partner_id: UUID
    children_reached: int | None = Field(
        description="The children who were ever enrolled, active or completed."
    )
    programs: list[Places]


class EngagementChanged(Event):
    """An engagement began or moved to another stage, or its plan changed."""

    type: ClassVar[str] = "students.engagement.changed.v1"

    engagement_id: UUID
    student_id: UUID
    program_id: UUID
    partner_id: UUID
    stage: EngagementStage
    previous_stage: EngagementStage | None
    planned_minutes: int | None
    changed_on: date
