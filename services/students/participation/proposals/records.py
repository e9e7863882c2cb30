"""The table of proposals."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, String
from sqlmodel import Field

from shared.persistence.records import Record


class ProposalRow(Record, table=True):
    """A proposal is open until it is answered or withdrawn, or until `expires_on` is over. The clock
    closes it without a write."""

    __tablename__ = "application_proposal"

    student_id: UUID = Field(index=True, foreign_key="student.id")
    program_id: UUID = Field(foreign_key="offered_program.program_id")
    reason: str | None = None
    proposed_by: UUID
    expires_on: date
    answer: str | None = Field(default=None, sa_type=String)
    """`accepted`, `declined` or `withdrawn`."""
    answered_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    given_by: UUID | None = None
    signed_on: date | None = None
    engagement_id: UUID | None = Field(default=None, foreign_key="engagement.id")


application_proposal: Any = ProposalRow
