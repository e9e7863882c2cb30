"""The tables of referrals and their steps."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from shared.persistence.records import Record, utc_now


class ReferralRow(Record, table=True):
    """`from_id`: the author's organization. `expires_on`: the last day on which a partner can answer
    one that is `sent`; the clock closes it without a write, and a worker writes it down."""

    __tablename__ = "referral"
    __table_args__: ClassVar = (
        Index("referral_of_student", "student_id", "id"),
        Index("referral_to_partner", "partner_id", "id"),
    )

    student_id: UUID = Field(foreign_key="student.id")
    program_id: UUID = Field(foreign_key="offered_program.program_id")
    partner_id: UUID
    need: str
    parts: list[str] = Field(sa_type=ARRAY(String))
    state: str = Field(sa_type=String)
    since: date
    steps: int = 0
    sent_by: UUID
    from_id: UUID
    # Consents and engagements may be erased sooner than referrals.
    consent_id: UUID | None = Field(
        default=None, foreign_key="consent.id", ondelete="SET NULL", index=True
    )
    engagement_id: UUID | None = Field(
        default=None, foreign_key="engagement.id", ondelete="SET NULL", index=True
    )
    decline_reason: str | None = Field(default=None, sa_type=String)
    outcome: str | None = Field(default=None, sa_type=String)
    sent_on: date | None = None
    answered_on: date | None = None
    contacted_on: date | None = None
    served_on: date | None = None
    ended_on: date | None = None
    begun_on: date | None = None
    """The day on which somebody beside its author could first know of it."""
    expires_on: date | None = None
    extended: bool = False


referral: Any = ReferralRow


class ReferralStepRow(SQLModel, table=True):
    """One act. `account_id` is null where the clock or an engagement did it."""

    __tablename__ = "referral_step"

    referral_id: UUID = Field(primary_key=True, foreign_key="referral.id")
    number: int = Field(primary_key=True)
    act: str = Field(sa_type=String)
    state: str = Field(sa_type=String)
    changed_on: date
    created_at: datetime = Field(default_factory=utc_now, sa_type=DateTime(timezone=True))
    account_id: UUID | None = None
    organization_id: UUID | None = None
    channel: str | None = Field(default=None, sa_type=String)
    minutes: int | None = None
    words: str | None = None


referral_step: Any = ReferralStepRow
