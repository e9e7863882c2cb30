"""The table of signatures."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, text
from sqlmodel import Field, SQLModel

from shared.persistence.records import new_id


class AgreementSignatureRow(SQLModel, table=True):
    """Never deleted; one of terms that were withdrawn is void. It counts for the terms whose
    digest it holds and for no others. Its partner is in the terms; a foreign key would lock the
    partner after the agreement, and who closes a partner locks them the other way round."""

    __tablename__ = "agreement_signature"
    __table_args__ = (
        Index(
            "agreement_signature_once", "agreement_id", "number", "partner_id", unique=True,
            postgresql_where=text("voided_at is null"),
        ),
    )  # fmt: skip

    id: UUID = Field(default_factory=new_id, primary_key=True)
    agreement_id: UUID = Field(foreign_key="agreement.id")
    number: int
    terms_sha256: str
    partner_id: UUID
    name: str
    title: str
    account_id: UUID
    signed_at: datetime = Field(sa_type=DateTime(timezone=True))
    voided_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
