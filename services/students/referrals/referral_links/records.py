"""The table of links."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field, SQLModel

from shared.persistence.records import new_id, utc_now


class ReferralLinkRow(SQLModel, table=True):
    """Neither the secret nor the PIN is kept. The hash of the PIN is made with the secret, so that
    nobody finds the PIN from it."""

    __tablename__ = "referral_link"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    referral_id: UUID = Field(foreign_key="referral.id", ondelete="CASCADE", index=True)
    secret_hash: bytes = Field(unique=True)
    pin_hash: bytes
    wrong_pins: int = 0
    offered_by: UUID
    created_at: datetime = Field(default_factory=utc_now, sa_type=DateTime(timezone=True))
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))
    opened_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    ended_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


referral_link: Any = ReferralLinkRow
