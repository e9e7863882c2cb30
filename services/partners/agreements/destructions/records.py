"""The table of destructions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from shared.contracts.partners.destruction import DestructionStatus
from shared.persistence.records import Record


class DestructionRow(Record, table=True):
    """`status` is open or attested; the clock makes it overdue. The recipient has no foreign key,
    for the same reason as in signatures. `earlier_attestations`: what the attestation said before
    each correction, the oldest first."""

    __tablename__ = "destruction"
    __table_args__ = (UniqueConstraint("agreement_id", "terms_version", "recipient_id"),)

    agreement_id: UUID = Field(foreign_key="agreement.id")
    terms_version: int
    recipient_id: UUID = Field(index=True)
    providers: list[UUID] = Field(sa_type=ARRAY(Uuid))
    status: str = Field(default=DestructionStatus.OPEN, sa_type=String)
    opened_at: datetime = Field(sa_type=DateTime(timezone=True))
    due_at: datetime = Field(sa_type=DateTime(timezone=True))
    what: str | None = None
    how: str | None = None
    destroyed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    name: str | None = None
    title: str | None = None
    attested_by: UUID | None = None
    attested_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    earlier_attestations: list[dict[str, Any]] = Field(
        default=[], sa_type=JSONB, sa_column_kwargs={"server_default": "[]"}
    )


destruction: Any = DestructionRow
