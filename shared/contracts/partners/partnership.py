"""Partnerships: partners with a common agenda and a backbone, from one day to another."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.partners.partner import PartnerKind
from shared.contracts.partners.parts import GIVEN, Name


class PartnershipStatus(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"


class MemberRole(StrEnum):
    """The role of a partner in a partnership. At any time there is at most one backbone and one
    anchor."""

    BACKBONE = "backbone"
    ANCHOR = "anchor"
    MEMBER = "member"
    FUNDER = "funder"
    ADVISOR = "advisor"


MemberRoles = Annotated[set[MemberRole], Field(min_length=1, examples=[["member"]])]


class PartnershipDraft(Body):
    """`purpose` is the common agenda in words; `place` is the area it serves, such as a zone or
    county."""

    name: Name = Field(examples=["Riverside Promise"])
    purpose: str = Field(min_length=1)
    place: Name | None = None
    started_on: date | None = None


class PartnershipChange(Body):
    """Fields that are given change; fields that are left out stay."""

    name: Annotated[Name | None, GIVEN] = None
    purpose: Annotated[str | None, GIVEN] = Field(default=None, min_length=1)
    place: Name | None = None
    started_on: date | None = None


class Partnership(Answer):
    id: UUID
    version: int
    name: str
    purpose: str
    place: str | None
    status: PartnershipStatus
    started_on: date | None
    ended_on: date | None


class MemberDraft(Body):
    """A partner that joins. `joined_on` defaults to today."""

    partner_id: UUID
    roles: MemberRoles
    joined_on: date | None = None


class MemberChange(Body):
    roles: MemberRoles


class MemberDeparture(Body):
    """`left_on` defaults to today."""

    left_on: date | None = None


class Member(Answer):
    partner_id: UUID
    name: str
    kind: PartnerKind
    roles: list[MemberRole]
    joined_on: date
    left_on: date | None


class PartnershipFormed(Event):
    """A partnership was formed; partners may join it."""

    type: ClassVar[str] = "partners.partnership.formed.v1"

    partnership_id: UUID
    name: str
    place: str | None
    status: PartnershipStatus


class PartnershipChanged(Event):
    """A partnership has another agenda, name or status."""

    type: ClassVar[str] = "partners.partnership.changed.v1"

    partnership_id: UUID
    name: str
    place: str | None
    status: PartnershipStatus


class MemberJoined(Event):
    """A partner joined the partnership on the day `joined_on`."""

    type: ClassVar[str] = "partners.partnership.member-joined.v1"

    partnership_id: UUID
    partner_id: UUID
    name: str
    roles: list[MemberRole]
    joined_on: date
    remaining_partnerships: int = Field(
        description="How many partnerships the partner is in, this one included."
    )


class MemberChanged(Event):
    """A partner has other roles in the partnership."""

    type: ClassVar[str] = "partners.partnership.member-changed.v1"

    partnership_id: UUID
    partner_id: UUID
    name: str
    roles: list[MemberRole]


class MemberLeft(Event):
    """A partner left the partnership. With no partnership remaining, its part in the common work
    ends."""

    type: ClassVar[str] = "partners.partnership.member-left.v1"

    partnership_id: UUID
    partner_id: UUID
    roles: list[MemberRole]
    left_on: date
    remaining_partnerships: int
