"""The local copy of agreements' terms in force, as the service partners last announced them."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid
from sqlmodel import Field, SQLModel


class KnownAgreementRow(SQLModel, table=True):
    __tablename__ = "known_agreement"
    __table_args__: ClassVar = (
        Index("known_agreement_recipients", "recipients", postgresql_using="gin"),
    )

    agreement_id: UUID = Field(primary_key=True)
    terms_version: int
    status: str = Field(sa_type=String)
    providers: list[UUID] = Field(sa_type=ARRAY(Uuid))
    recipients: list[UUID] = Field(sa_type=ARRAY(Uuid))
    purpose: str = Field(sa_type=String)
    basis: str = Field(sa_type=String)
    categories: list[str] = Field(sa_type=ARRAY(String))
    program_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    school_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    grades: list[str] = Field(sa_type=ARRAY(String))
    redisclosure_to: list[UUID] = Field(sa_type=ARRAY(Uuid))
    starts_at: datetime = Field(sa_type=DateTime(timezone=True))
    ends_at: datetime = Field(sa_type=DateTime(timezone=True))


known_agreement: Any = KnownAgreementRow
