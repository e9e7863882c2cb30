"""The tables of engagements and of their steps."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlmodel import Field, SQLModel

from shared.persistence.records import Record


class EngagementRow(Record, table=True):
    """An engagement of a student with a program. `waiting_number` orders the program's waiting list;
    only waitlisted engagements have one."""

    __tablename__ = "engagement"
    __table_args__: ClassVar = (
        Index(
            "engagement_live",
            "student_id",
            "program_id",
            unique=True,
            postgresql_where=text("stage in ('applied', 'waitlisted', 'enrolled', 'active')"),
        ),
        Index("engagement_of_program", "program_id", "stage"),
        Index("engagement_of_partner", "partner_id", "stage"),
        Index(
            "engagement_waiting",
            "program_id",
            "waiting_number",
            unique=True,
            postgresql_where=text("waiting_number is not null"),
        ),
    )

    student_id: UUID = Field(index=True, foreign_key="student.id")
    program_id: UUID = Field(foreign_key="offered_program.program_id")
    partner_id: UUID
    stage: str = Field(sa_type=String)
    since: date
    started_on: date | None = None
    ended_on: date | None = None
    waiting_number: int | None = None
    steps: int = 0
    worker_id: UUID | None = Field(default=None, index=True)
    minutes_per_week: int | None = None
    weeks: int | None = None
    own_record: bool | None = None
    """The engagement is a record of the partner's own: the family began it, or the partner's people
    began it or took a step. An application by school or district is none, and opens nothing by itself.
    Null counts as false."""


engagement: Any = EngagementRow


class EngagementStepRow(SQLModel, table=True):
    """History: appended to, never changed."""

    __tablename__ = "engagement_step"

    engagement_id: UUID = Field(primary_key=True, foreign_key="engagement.id")
    number: int = Field(primary_key=True)
    stage: str = Field(sa_type=String)
    previous_stage: str | None = Field(default=None, sa_type=String)
    changed_on: date
    reason: str | None = None
    account_id: UUID | None = None
    given_by: UUID | None = None
    """The person with rights in the record who applied."""
    signed_on: date | None = None


engagement_step: Any = EngagementStepRow
