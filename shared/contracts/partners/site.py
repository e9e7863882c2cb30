"""Sites: the places where partners work (HSDS locations)."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.base import Answer, Body, Event
from shared.contracts.partners.parts import (
    GIVEN,
    PARTS,
    Accessibility,
    AccessibilityDraft,
    Address,
    ContactPoint,
    ContactPointDraft,
    Language,
    LanguageDraft,
    LocationType,
    Name,
    Phone,
    PhoneDraft,
    PostalAddress,
    PostalAddressDraft,
    Schedule,
    ScheduleDraft,
)

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class SiteStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class SiteDraft(Body):
    partner_id: UUID
    name: Name
    location_type: LocationType = LocationType.PHYSICAL
    alternate_name: Name | None = None
    description: str | None = None
    transportation: str | None = None
    url: Address | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    addresses: list[PostalAddressDraft] = Field(default=[], max_length=PARTS)
    phones: list[PhoneDraft] = Field(default=[], max_length=PARTS)
    contacts: list[ContactPointDraft] = Field(default=[], max_length=PARTS)
    languages: list[LanguageDraft] = Field(default=[], max_length=PARTS)
    accessibility: list[AccessibilityDraft] = Field(default=[], max_length=PARTS)
    schedules: list[ScheduleDraft] = Field(default=[], max_length=PARTS)

    @model_validator(mode="after")
    def _both_or_neither(self) -> "SiteDraft":
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude come together")
        return self


class SiteChange(Body):
    """Fields that are given change; fields that are left out stay."""

    name: Annotated[Name | None, GIVEN] = None
    location_type: Annotated[LocationType | None, GIVEN] = None
    status: Annotated[SiteStatus | None, GIVEN] = None
    alternate_name: Name | None = None
    description: str | None = None
    transportation: str | None = None
    url: Address | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    addresses: Annotated[list[PostalAddressDraft] | None, GIVEN] = Field(
        default=None, max_length=PARTS
    )
    phones: Annotated[list[PhoneDraft] | None, GIVEN] = Field(default=None, max_length=PARTS)
    contacts: Annotated[list[ContactPointDraft] | None, GIVEN] = Field(
        default=None, max_length=PARTS
    )
    languages: Annotated[list[LanguageDraft] | None, GIVEN] = Field(default=None, max_length=PARTS)
    accessibility: Annotated[list[AccessibilityDraft] | None, GIVEN] = Field(
        default=None, max_length=PARTS
    )
    schedules: Annotated[list[ScheduleDraft] | None, GIVEN] = Field(default=None, max_length=PARTS)

    @model_validator(mode="after")
    def _both_or_neither(self) -> "SiteChange":
        if len(self.model_fields_set & {"latitude", "longitude"}) == 1 or (
            (self.latitude is None) != (self.longitude is None)
        ):
            raise ValueError("latitude and longitude come together")
        return self


class Site(Answer):
    """A site. `partner_id` is null for a place that came by an import and belongs to no partner."""

    id: UUID
    version: int
    partner_id: UUID | None
    partner_name: str | None
    name: str
    location_type: LocationType
    status: SiteStatus
    alternate_name: str | None
    description: str | None
    transportation: str | None
    url: str | None
    latitude: float | None
    longitude: float | None
    addresses: list[PostalAddress]
    phones: list[Phone]
    contacts: list[ContactPoint]
    languages: list[Language]
    accessibility: list[Accessibility]
    schedules: list[Schedule]


class SiteOpened(Event):
    """A site was opened, or came by an import."""

    type: ClassVar[str] = "partners.site.opened.v1"

    site_id: UUID
    partner_id: UUID | None
    name: str
    location_type: LocationType
    status: SiteStatus


class SiteChanged(Event):
    """A site has another description, or was opened or closed."""

    type: ClassVar[str] = "partners.site.changed.v1"

    site_id: UUID
    partner_id: UUID | None
    name: str
    location_type: LocationType
    status: SiteStatus
