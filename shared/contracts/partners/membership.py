"""Memberships: what a person who signs in is to the partnership."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.role import Role


class MembershipStatus(StrEnum):
    LIVE = "live"
    ENDED = "ended"


class MembershipDraft(Body):
    """`issuer` and `subject` name the person as the sign-in does. `partner_id` is the partner the
    person works for; of guardians and students the district whose records know them. `person_id`
    is that person in students: a staff id for educators, a contact id for guardians, a student id
    for students."""

    issuer: str = Field(min_length=1, max_length=500)
    subject: str = Field(min_length=1, max_length=255)
    role: Role
    partner_id: UUID | None = None
    person_id: UUID | None = None


class Membership(Answer):
    id: UUID
    version: int
    account_id: UUID
    issuer: str
    subject: str
    role: Role
    partner_id: UUID | None
    person_id: UUID | None
    status: MembershipStatus
    ended_at: datetime | None


class TakenMembership(Answer):
    """What whoever took an invitation has become."""

    membership_id: UUID
    account_id: UUID
    role: Role
    partner_id: UUID | None
    person_id: UUID | None


class ActingMembership(TakenMembership):
    """What the gateway needs of a live membership to sign its holder's requests, and to tell its
    holder. `closed_agreements`: the latest, by which the partner would get something today, had
    they not been suspended or ended."""

    closed_agreements: list[UUID]
    partner_name: str | None = None


class MembershipGranted(Event):
    """A person is something to the partnership from now on."""

    type: ClassVar[str] = "partners.membership.granted.v1"

    membership_id: UUID
    account_id: UUID
    role: Role
    partner_id: UUID | None
    person_id: UUID | None


class MembershipEnded(Event):
    """A person is no longer what they were; nothing may be answered under this membership."""

    type: ClassVar[str] = "partners.membership.ended.v1"

    membership_id: UUID
    account_id: UUID
    role: Role
    partner_id: UUID | None
    person_id: UUID | None
