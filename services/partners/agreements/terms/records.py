"""The table of terms: every version of every agreement."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel


class AgreementTermsRow(SQLModel, table=True):
    """`document` is the text that is signed: canonical JSON, stored as text so that it never
    changes. The other columns are read from it."""

    __tablename__ = "agreement_terms"
    __table_args__ = (Index("agreement_terms_parties", "party_ids", postgresql_using="gin"),)

    agreement_id: UUID = Field(primary_key=True, foreign_key="agreement.id")
    number: int = Field(primary_key=True)
    document: str
    sha256: str
    party_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    providers: list[UUID] = Field(sa_type=ARRAY(Uuid))
    recipients: list[UUID] = Field(sa_type=ARRAY(Uuid))
    agreed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


agreement_terms: Any = AgreementTermsRow
