"""Memberships: the role of a signed-in person in the partnership."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.partners.account import NAME_CHARACTERS
from shared.contracts.role import Role


class MembershipStatus(StrEnum):
    LIVE = "live"
    ENDED = "ended"


class MembershipDraft(Body):
    """`issuer` and `subject` identify the person as the sign-in does. `partner_id` is the partner
    that the person works for; for guardians and students it is the district that keeps their
    records. `person_id` is that person in students: a staff id for educators, a contact id for
    guardians, a student id for students."""

    issuer: str = Field(min_length=1, max_length=500)
    subject: str = Field(min_length=1, max_length=255)
    role: Role
    partner_id: UUID | None = None
    person_id: UUID | None = None


class Membership(Answer):
    id: UUID
    version: int
    account_id: UUID
    account_name: str | None = Field(
        default=None, description="The person's name, where the issuer or the person gave one."
    )
    issuer: str
    subject: str
    role: Role
    partner_id: UUID | None
    partner_name: str | None
    person_id: UUID | None
    status: MembershipStatus
    ended_at: datetime | None


class TakenMembership(Answer):
    """The membership that the person got by accepting an invitation."""

    membership_id: UUID
    account_id: UUID
    role: Role
    partner_id: UUID | None
    person_id: UUID | None


class ActingMembership(TakenMembership):
    """A live membership as the gateway needs it, to sign the holder's requests and to show it to
    the holder. `closed_agreements`: the latest suspended or ended agreements that would otherwise
    let the partner receive data today. `leads`: the partnerships for which the holder acts as staff
    of their backbone. `account_email` is for the holder alone."""

    closed_agreements: list[UUID]
    leads: list[UUID] = []
    partner_name: str | None = None
    account_name: str | None = None
    account_email: str | None = None


class SignIn(Body):
    """A person, as the issuer names them. `email`: an address that the issuer has verified."""

    issuer: str = Field(min_length=1, max_length=500)
    subject: str = Field(min_length=1, max_length=255)
    name: str | None = Field(default=None, max_length=NAME_CHARACTERS)
    email: str | None = Field(default=None, max_length=320)


class MembershipGranted(Event):
    """A person now has a role in the partnership. A membership in force is announced again where a
    service begins to keep a copy."""

    type: ClassVar[str] = "partners.membership.granted.v1"

    membership_id: UUID
    account_id: UUID
    role: Role
    partner_id: UUID | None
    person_id: UUID | None


class MembershipEnded(Event):
    """A membership has ended. Nothing may be answered under it any more."""

    type: ClassVar[str] = "partners.membership.ended.v1"

    membership_id: UUID
    account_id: UUID
    role: Role
    partner_id: UUID | None
    person_id: UUID | None
