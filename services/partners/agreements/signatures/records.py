"""The table of signatures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, text
from sqlmodel import Field, SQLModel

from shared.persistence.records import new_id


class AgreementSignatureRow(SQLModel, table=True):
    """Never deleted; the signature of withdrawn terms is void. It counts only for the terms with
    this digest. `partner_id` has no foreign key: the key would lock the partner after the
    agreement, and closing a partner locks them in the opposite order."""

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


agreement_signature: Any = AgreementSignatureRow
