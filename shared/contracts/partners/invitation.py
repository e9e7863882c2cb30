"""Invitations: a membership offered to the person who holds a link."""

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
    """Its time has passed, or the inviting membership has ended."""


class InvitationDraft(Body):
    """The membership to offer, as in MembershipDraft, and for how many days."""

    role: Role
    partner_id: UUID | None = None
    person_id: UUID | None = None
    days: int = Field(default=DAYS, ge=1, le=DAYS_MOST)


class Invitation(Answer):
    """An invitation. `membership_id` is the membership that the accepting person got."""

    id: UUID
    version: int
    role: Role
    partner_id: UUID | None
    partner_name: str | None
    person_id: UUID | None
    status: InvitationStatus
    created_at: datetime
    expires_at: datetime
    membership_id: UUID | None


class InvitationMade(Invitation):
    """The one answer that contains `link`. Send it to the person so that nobody else can read
    it."""

    link: str


class Acceptance(Body):
    """`secret` is the part of the link after the #."""

    secret: str = Field(pattern=r"^[A-Za-z0-9_-]{43}$")


class AcceptanceDraft(Acceptance):
    """The accepting person, as the gateway has authenticated them."""

    issuer: str = Field(min_length=1, max_length=500)
    subject: str = Field(min_length=1, max_length=255)


class InvitationOffered(Event):
    """A membership is offered to the person who holds the link."""

    type: ClassVar[str] = "partners.invitation.offered.v1"

    invitation_id: UUID
    role: Role
    partner_id: UUID | None
    expires_at: datetime


class InvitationAccepted(Event):
    """A person accepted an invitation; `membership_id` is the membership they got."""

    type: ClassVar[str] = "partners.invitation.accepted.v1"

    invitation_id: UUID
    membership_id: UUID


class InvitationWithdrawn(Event):
    """An invitation was withdrawn and has no effect any more."""

    type: ClassVar[str] = "partners.invitation.withdrawn.v1"

    invitation_id: UUID
