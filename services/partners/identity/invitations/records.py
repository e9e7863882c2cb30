"""The table of invitations. Of the secret only its hash is kept."""

from datetime import datetime
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
    # Under which membership it was made: it has no effect longer than that.
    offered_by: UUID = Field(foreign_key="membership.id")
    membership_id: UUID | None = Field(default=None, foreign_key="membership.id")
