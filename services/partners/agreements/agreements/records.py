"""The tables of agreements and the steps they took."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from shared.persistence.records import Record


class AgreementRow(Record, table=True):
    """`status` is as of the last step; the clock may have changed it since (rules.effective).
    `terms_version` numbers the terms that count; the next number, where it exists, is an amendment
    that not all have signed. Title to `ends_at` are a copy of the terms that count."""

    __tablename__ = "agreement"
    __table_args__ = (Index("agreement_due", "status", "starts_at", "ends_at"),)

    status: str = Field(sa_type=String)
    terms_version: int = 1
    title: str
    purpose: str = Field(sa_type=String)
    basis: str = Field(sa_type=String)
    starts_at: datetime = Field(sa_type=DateTime(timezone=True))
    ends_at: datetime = Field(sa_type=DateTime(timezone=True))
    suspended_by: list[UUID] = Field(default=[], sa_type=ARRAY(Uuid))
    ended_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


agreement: Any = AgreementRow


class AgreementStepRow(SQLModel, table=True):
    """History: appended to, never changed."""

    __tablename__ = "agreement_step"

    agreement_id: UUID = Field(primary_key=True, foreign_key="agreement.id")
    number: int = Field(primary_key=True)
    action: str = Field(sa_type=String)
    status: str = Field(sa_type=String)
    terms_version: int
    partner_id: UUID | None = None
    account_id: UUID | None = None
    reason: str | None = None
    taken_at: datetime = Field(sa_type=DateTime(timezone=True))


agreement_step: Any = AgreementStepRow
