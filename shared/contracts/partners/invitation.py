"""Invitations: a membership that waits for whoever holds the link."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.role import Role

DAYS, DAYS_MOST = 7, 30


class InvitationStatus(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    """Its time is over, or who made it is no longer what they were."""


class InvitationDraft(Body):
    """The membership that is offered, as in MembershipDraft, and for how many days."""

    role: Role
    partner_id: UUID | None = None
    person_id: UUID | None = None
    days: int = Field(default=DAYS, ge=1, le=DAYS_MOST)


class Invitation(Answer):
    """`membership_id`: what came of it."""

    id: UUID
    version: int
    role: Role
    partner_id: UUID | None
    person_id: UUID | None
    status: InvitationStatus
    created_at: datetime
    expires_at: datetime
    membership_id: UUID | None


class InvitationMade(Invitation):
    """`link` is told this once; give it to the person in a way that reaches nobody else."""

    link: str


class Acceptance(Body):
    """`secret`: what stands behind the # of the link."""

    secret: str = Field(pattern=r"^[A-Za-z0-9_-]{43}$")


class AcceptanceDraft(Acceptance):
    """Who takes it, as the gateway knows them."""

    issuer: str = Field(min_length=1, max_length=500)
    subject: str = Field(min_length=1, max_length=255)


class InvitationOffered(Event):
    """Whoever holds the link may become this."""

    type: ClassVar[str] = "partners.invitation.offered.v1"

    invitation_id: UUID
    role: Role
    partner_id: UUID | None
    expires_at: datetime


class InvitationAccepted(Event):
    """Somebody took it; `membership_id` is what they are now."""

    type: ClassVar[str] = "partners.invitation.accepted.v1"

    invitation_id: UUID
    membership_id: UUID


class InvitationWithdrawn(Event):
    """It has no effect any more."""

    type: ClassVar[str] = "partners.invitation.withdrawn.v1"

    invitation_id: UUID
