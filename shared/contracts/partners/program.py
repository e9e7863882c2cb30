"""Programs: the offers of partners (HSDS services), for whom, where and when."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.grade import Grade
from shared.contracts.partners.parts import (
    GIVEN,
    PARTS,
    Address,
    Age,
    ContactPoint,
    ContactPointDraft,
    CostOption,
    CostOptionDraft,
    Email,
    Language,
    LanguageDraft,
    LocationType,
    Name,
    Phone,
    PhoneDraft,
    Schedule,
    ScheduleDraft,
)

Capacity = Annotated[int, Field(ge=0, le=1_000_000)]
Grades = Annotated[list[Grade], Field(max_length=30)]
SiteIds = Annotated[list[UUID], Field(max_length=PARTS)]


class ProgramStatus(StrEnum):
    """The status of a service, spelled as in HSDS 3.0. A defunct program is closed for good."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"


class OpenStatus(StrEnum):
    """The statuses that a change may set. Only closing makes a program defunct."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    TEMPORARILY_CLOSED = "temporarily closed"


class ProgramDraft(Body):
    """A program to be opened. Ages are completed years, both included; `capacity` is the number of
    places, null where there is no limit."""

    partner_id: UUID
    name: Name = Field(examples=["Saturday Tutoring"])
    status: OpenStatus = OpenStatus.ACTIVE
    alternate_name: Name | None = None
    description: str | None = None
    url: Address | None = None
    email: Email | None = None
    application_process: str | None = None
    fees_description: str | None = None
    eligibility_description: str | None = None
    interpretation_services: str | None = None
    accreditations: str | None = None
    alert: str | None = None
    minimum_age: Age | None = None
    maximum_age: Age | None = None
    grades: Grades = []
    capacity: Capacity | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    site_ids: SiteIds = []
    languages: list[LanguageDraft] = Field(default=[], max_length=PARTS)
    schedules: list[ScheduleDraft] = Field(default=[], max_length=PARTS)
    cost_options: list[CostOptionDraft] = Field(default=[], max_length=PARTS)
    phones: list[PhoneDraft] = Field(default=[], max_length=PARTS)
    contacts: list[ContactPointDraft] = Field(default=[], max_length=PARTS)


class ProgramChange(Body):
    """Fields that are given change; fields that are left out stay."""

    name: Annotated[Name | None, GIVEN] = None
    status: Annotated[OpenStatus | None, GIVEN] = None
    alternate_name: Name | None = None
    description: str | None = None
    url: Address | None = None
    email: Email | None = None
    application_process: str | None = None
    fees_description: str | None = None
    eligibility_description: str | None = None
    interpretation_services: str | None = None
    accreditations: str | None = None
    alert: str | None = None
    minimum_age: Age | None = None
    maximum_age: Age | None = None
    grades: Annotated[Grades | None, GIVEN] = None
    capacity: Capacity | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    site_ids: Annotated[SiteIds | None, GIVEN] = None
    languages: Annotated[list[LanguageDraft] | None, GIVEN] = Field(default=None, max_length=PARTS)
    schedules: Annotated[list[ScheduleDraft] | None, GIVEN] = Field(default=None, max_length=PARTS)
    cost_options: Annotated[list[CostOptionDraft] | None, GIVEN] = Field(
        default=None, max_length=PARTS
    )
    phones: Annotated[list[PhoneDraft] | None, GIVEN] = Field(default=None, max_length=PARTS)
    contacts: Annotated[list[ContactPointDraft] | None, GIVEN] = Field(
        default=None, max_length=PARTS
    )


class Program(Answer):
    id: UUID
    version: int
    partner_id: UUID
    partner_name: str
    name: str
    status: ProgramStatus
    alternate_name: str | None
    description: str | None
    url: str | None
    email: str | None
    application_process: str | None
    fees_description: str | None
    eligibility_description: str | None
    interpretation_services: str | None
    accreditations: str | None
    alert: str | None
    minimum_age: int | None
    maximum_age: int | None
    grades: list[str]
    capacity: int | None
    starts_on: date | None
    ends_on: date | None
    closed_on: date | None
    site_ids: list[UUID]
    site_names: list[str] = Field(description="In the order of the ids.")
    languages: list[Language]
    schedules: list[Schedule]
    cost_options: list[CostOption]
    phones: list[Phone]
    contacts: list[ContactPoint]


class ProgramPlace(Answer):
    """An open site of a program, with its first address."""

    site_id: UUID
    name: str
    location_type: LocationType
    address_1: str | None
    city: str | None
    postal_code: str | None
    latitude: float | None
    longitude: float | None


class ProgramInBrief(Answer):
    """The part of a program that a family's page shows."""

    program_id: UUID
    name: str
    status: ProgramStatus
    partner_id: UUID
    partner_name: str
    places: list[ProgramPlace]


class ProgramOpened(Event):
    """A partner opened a program."""

    type: ClassVar[str] = "partners.program.opened.v1"

    program_id: UUID
    partner_id: UUID
    name: str
    status: ProgramStatus
    capacity: int | None
    minimum_age: int | None
    maximum_age: int | None
    grades: list[str]
    starts_on: date | None
    ends_on: date | None


class ProgramChanged(Event):
    """A program has another description, other places or another status."""

    type: ClassVar[str] = "partners.program.changed.v1"

    program_id: UUID
    partner_id: UUID
    name: str
    status: ProgramStatus
    capacity: int | None
    minimum_age: int | None
    maximum_age: int | None
    grades: list[str]
    starts_on: date | None
    ends_on: date | None


class ProgramClosed(Event):
    """A program is closed for good. Its engagements end on `closed_on`."""

    type: ClassVar[str] = "partners.program.closed.v1"

    program_id: UUID
    partner_id: UUID
    closed_on: date
