"""The table of invitations. Only the hash of the secret is kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, String
from sqlmodel import Field

from shared.contracts.partners.invitation import InvitationStatus
from shared.persistence.records import Record


class InvitationRow(Record, table=True):
    __tablename__ = "invitation"

    secret_hash: bytes = Field(unique=True)
    role: str = Field(sa_type=String)
    partner_id: UUID | None = Field(default=None, index=True, foreign_key="partner.id")
    person_id: UUID | None = None
    status: str = Field(default=InvitationStatus.OPEN, sa_type=String)
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))
    # The inviting membership: when it ends, the invitation has no effect any more.
    offered_by: UUID = Field(foreign_key="membership.id")
    membership_id: UUID | None = Field(default=None, foreign_key="membership.id")


invitation: Any = InvitationRow
