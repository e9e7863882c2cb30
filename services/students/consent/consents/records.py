"""The table of consents: one row per decision of the family. A row changes once at most, when the
consent is revoked."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from shared.persistence.records import Record


class ConsentRow(Record, table=True):
    """The records, the purpose, the party or class of parties, the signer and the day
    (34 CFR 99.30(b)). `decided_at`: the moment of the decision that `status` shows."""

    __tablename__ = "consent"

    student_id: UUID = Field(index=True, foreign_key="student.id")
    form_id: UUID | None = Field(default=None, foreign_key="consent_form.id")
    status: str = Field(sa_type=String)
    partner_id: UUID | None = Field(default=None, index=True)
    partner_kind: str | None = Field(default=None, sa_type=String, index=True)
    purpose: str = Field(sa_type=String)
    categories: list[str] = Field(sa_type=ARRAY(String))
    begins_on: date
    ends_on: date
    given_by: UUID = Field(foreign_key="person.id")
    method: str = Field(sa_type=String)
    signed_on: date | None = None
    """The day on a signed paper."""
    text: str
    text_version: str
    language: str
    recorded_by: UUID
    decided_at: datetime = Field(sa_type=DateTime(timezone=True))
    granted_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    program_id: UUID | None = None
    """The one program that a consent to a referral is about."""
    revoked_by: UUID | None = None
    revoked_by_account: UUID | None = None


consent: Any = ConsentRow
