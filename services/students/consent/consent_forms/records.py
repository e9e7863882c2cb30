"""The table of consent forms: written once, never changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from shared.persistence.records import new_id, utc_now


class ConsentFormRow(SQLModel, table=True):
    """A consent form. `of_consent`: the parents' consent whose words the student is asked anew at
    18."""

    __tablename__ = "consent_form"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner_id: UUID = Field(index=True)
    partner_id: UUID | None = None
    partner_kind: str | None = Field(default=None, sa_type=String)
    purpose: str = Field(sa_type=String)
    categories: list[str] = Field(sa_type=ARRAY(String))
    begins_on: date
    ends_on: date
    text: str
    text_version: str
    language: str
    written_by: UUID | None = None
    of_consent: UUID | None = Field(default=None, unique=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=DateTime(timezone=True))


consent_form: Any = ConsentFormRow
