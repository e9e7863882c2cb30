"""The table of consent requests: one row per form, child and addressee."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, String, UniqueConstraint
from sqlmodel import Field

from shared.persistence.records import Record


class ConsentRequestRow(Record, table=True):
    """A request is open while it has neither a consent nor a withdrawal, its form's period has not
    ended, and the addressee has the rights. The clock closes it without a write."""

    __tablename__ = "consent_request"
    __table_args__: ClassVar = (
        UniqueConstraint("form_id", "student_id", "addressee", name="consent_request_once"),
    )

    form_id: UUID = Field(foreign_key="consent_form.id")
    student_id: UUID = Field(index=True, foreign_key="student.id")
    addressee: str = Field(sa_type=String)
    asked_by: UUID | None = None
    consent_id: UUID | None = Field(default=None, foreign_key="consent.id")
    answered_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    withdrawn_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


consent_request: Any = ConsentRequestRow
