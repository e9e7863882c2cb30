"""Partnerships: partners around one agenda, with a backbone, from one day to another."""

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
    """What a partner is to a partnership. There is one backbone and one anchor at a time."""

    BACKBONE = "backbone"
    ANCHOR = "anchor"
    MEMBER = "member"
    FUNDER = "funder"
    ADVISOR = "advisor"


MemberRoles = Annotated[set[MemberRole], Field(min_length=1, examples=[["member"]])]


class PartnershipDraft(Body):
    """`purpose` is the common agenda in words; `place` what it is for, such as a zone or county."""

    name: Name = Field(examples=["Riverside Promise"])
    purpose: str = Field(min_length=1)
    place: Name | None = None
    started_on: date | None = None


class PartnershipChange(Body):
    """What is given is changed; what is left out stays."""

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
    """A partner that joins. `joined_on` is today unless said."""

    partner_id: UUID
    roles: MemberRoles
    joined_on: date | None = None


class MemberChange(Body):
    roles: MemberRoles


class MemberDeparture(Body):
    """`left_on` is today unless said."""

    left_on: date | None = None


class Member(Answer):
    partner_id: UUID
    name: str
    kind: PartnerKind
    roles: list[MemberRole]
    joined_on: date
    left_on: date | None


class PartnershipFormed(Event):
    """Partners may gather around an agenda from now on."""

    type: ClassVar[str] = "partners.partnership.formed.v1"

    partnership_id: UUID
    name: str
    place: str | None
    status: PartnershipStatus


class PartnershipChanged(Event):
    """A partnership's agenda, name or status is another now."""

    type: ClassVar[str] = "partners.partnership.changed.v1"

    partnership_id: UUID
    name: str
    place: str | None
    status: PartnershipStatus


class MemberJoined(Event):
    """A partner is in the partnership from that day."""

    type: ClassVar[str] = "partners.partnership.member-joined.v1"

    partnership_id: UUID
    partner_id: UUID
    name: str
    roles: list[MemberRole]
    joined_on: date
    remaining_partnerships: int = Field(description="Of the partner, this one included.")


class MemberChanged(Event):
    """A partner has other roles in the partnership now."""

    type: ClassVar[str] = "partners.partnership.member-changed.v1"

    partnership_id: UUID
    partner_id: UUID
    name: str
    roles: list[MemberRole]


class MemberLeft(Event):
    """A partner is no longer in the partnership. With no partnership remaining, nothing of its
    part in the common work goes on."""

    type: ClassVar[str] = "partners.partnership.member-left.v1"

    partnership_id: UUID
    partner_id: UUID
    roles: list[MemberRole]
    left_on: date
    remaining_partnerships: int
