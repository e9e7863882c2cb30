"""Partners: the organizations that take part."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.partners.parts import (
    GIVEN,
    PARTS,
    Address,
    ContactPoint,
    ContactPointDraft,
    Email,
    Name,
    Phone,
    PhoneDraft,
    PublicIdentifier,
    PublicIdentifierDraft,
)

Year = Annotated[int, Field(ge=1000, le=2200)]


class PartnerKind(StrEnum):
    SCHOOL = "school"
    DISTRICT = "district"
    COMMUNITY_ORGANIZATION = "community_organization"
    HIGHER_EDUCATION = "higher_education"
    LIBRARY = "library"
    EMPLOYER = "employer"
    FUNDER = "funder"
    GOVERNMENT = "government"
    FAMILY_ASSOCIATION = "family_association"


class PartnerStatus(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"


class PartnerDraft(Body):
    """A partner to be registered. `parent_id`: the district of a school, or the parent organization
    of a branch."""

    name: Name = Field(examples=["Riverside Tutors"])
    kind: PartnerKind
    alternate_name: Name | None = None
    description: str | None = None
    url: Address | None = None
    email: Email | None = None
    year_incorporated: Year | None = None
    legal_status: str | None = Field(default=None, max_length=200)
    logo: Address | None = None
    uri: Address | None = None
    parent_id: UUID | None = None
    phones: list[PhoneDraft] = Field(default=[], max_length=PARTS)
    contacts: list[ContactPointDraft] = Field(default=[], max_length=PARTS)
    identifiers: list[PublicIdentifierDraft] = Field(default=[], max_length=PARTS)


class PartnerChange(Body):
    """Fields that are given change; fields that are left out stay."""

    name: Annotated[Name | None, GIVEN] = None
    alternate_name: Name | None = None
    description: str | None = None
    url: Address | None = None
    email: Email | None = None
    year_incorporated: Year | None = None
    legal_status: str | None = Field(default=None, max_length=200)
    logo: Address | None = None
    uri: Address | None = None
    phones: Annotated[list[PhoneDraft] | None, GIVEN] = Field(default=None, max_length=PARTS)
    contacts: Annotated[list[ContactPointDraft] | None, GIVEN] = Field(
        default=None, max_length=PARTS
    )
    identifiers: Annotated[list[PublicIdentifierDraft] | None, GIVEN] = Field(
        default=None, max_length=PARTS
    )


class Partner(Answer):
    id: UUID
    version: int
    name: str
    kind: PartnerKind
    status: PartnerStatus
    alternate_name: str | None
    description: str | None
    url: str | None
    email: str | None
    year_incorporated: int | None
    legal_status: str | None
    logo: str | None
    uri: str | None
    parent_id: UUID | None
    parent_name: str | None
    phones: list[Phone]
    contacts: list[ContactPoint]
    identifiers: list[PublicIdentifier]


class PartnerRegistered(Event):
    """An organization was registered as a partner."""

    type: ClassVar[str] = "partners.partner.registered.v1"

    partner_id: UUID
    name: str
    kind: PartnerKind
    status: PartnerStatus
    parent_id: UUID | None = None


class PartnerChanged(Event):
    """A partner has another profile or status."""

    type: ClassVar[str] = "partners.partner.changed.v1"

    partner_id: UUID
    name: str
    kind: PartnerKind
    status: PartnerStatus
    parent_id: UUID | None = None
