"""Learning resources: LRMI and schema.org `LearningResource` terms, in snake_case."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Answer, Body, Event

Term = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Terms = Annotated[list[Term], Field(max_length=50)]
Link = Annotated[
    str, StringConstraints(pattern=r"^https?://[!-~]+$", min_length=1, max_length=2_000)
]
Uri = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$", max_length=2_000)
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class Grade(StrEnum):
    """The CEDS grade levels that OneRoster 1.2 uses."""

    INFANT_TODDLER = "IT"
    PRESCHOOL = "PR"
    PREKINDERGARTEN = "PK"
    TRANSITIONAL_KINDERGARTEN = "TK"
    KINDERGARTEN = "KG"
    FIRST = "01"
    SECOND = "02"
    THIRD = "03"
    FOURTH = "04"
    FIFTH = "05"
    SIXTH = "06"
    SEVENTH = "07"
    EIGHTH = "08"
    NINTH = "09"
    TENTH = "10"
    ELEVENTH = "11"
    TWELFTH = "12"
    THIRTEENTH = "13"
    POSTSECONDARY = "PS"
    UNGRADED = "UG"
    OTHER = "Other"


class Audience(StrEnum):
    """LRMI `educationalAudienceRole`."""

    ADMINISTRATOR = "administrator"
    GENERAL_PUBLIC = "generalPublic"
    MENTOR = "mentor"
    PARENT = "parent"
    PEER_TUTOR = "peerTutor"
    PROFESSIONAL = "professional"
    STUDENT = "student"
    TEACHER = "teacher"


class InteractivityType(StrEnum):
    """LRMI `interactivityType`."""

    ACTIVE = "active"
    EXPOSITIVE = "expositive"
    MIXED = "mixed"


class EducationalUse(StrEnum):
    """LRMI `educationalUse`."""

    ASSESSMENT = "assessment"
    INSTRUCTION = "instruction"
    PROFESSIONAL_SUPPORT = "professionalSupport"


class ResourceStatus(StrEnum):
    PRIVATE = "private"  # its owner's and its partner's own
    SHARED = "shared"  # found and read by everybody
    WITHDRAWN = "withdrawn"  # taken back by those who may write it
    SUSPENDED = "suspended"  # was shared by a partner that now is in no partnership


class WithdrawalReason(StrEnum):
    OWNER = "owner"
    PARTNER_LEFT = "partner-left"


class ResourceDraft(Body):
    """What describes a resource. Grades and ages that are left out are worked out from the other."""

    name: str = Field(min_length=1, max_length=500, examples=["Fractions on a number line"])
    url: Link
    description: str = Field(default="", max_length=10_000)
    image: Link | None = None
    learning_resource_type: Terms = Field(default=[], examples=[["lessonPlan"]])
    about: Terms = Field(default=[], examples=[["Mathematics"]])
    about_ids: list[Uri] = Field(
        default=[], max_length=50, description="The concepts behind `about`, where there are any."
    )
    educational_level: Terms = Field(default=[])
    grades: list[Grade] = Field(default=[], max_length=30)
    typical_age_min: int | None = Field(default=None, ge=0, le=120)
    typical_age_max: int | None = Field(default=None, ge=0, le=120)
    audience: list[Audience] = Field(default=[], max_length=10)
    in_language: list[Language] = Field(default=[], max_length=20, examples=[["en"]])
    license_url: str | None = Field(
        default=None,
        max_length=500,
        description="A licence's address or its usual name: `CC BY 4.0`.",
        examples=["https://creativecommons.org/licenses/by/4.0/"],
    )
    time_required_minutes: int | None = Field(default=None, ge=0, le=100_000)
    interactivity_type: InteractivityType | None = None
    educational_use: list[EducationalUse] = Field(default=[], max_length=10)
    keywords: Terms = Field(default=[])
    creator: Terms = Field(default=[])
    publisher: Terms = Field(default=[])
    provider: Term | None = None
    is_based_on: list[Uri] = Field(default=[], max_length=50)
    teaches: list[Uri] = Field(
        default=[], max_length=200, description="URIs of CASE items that it teaches."
    )
    assesses: list[Uri] = Field(
        default=[], max_length=200, description="URIs of CASE items that it assesses."
    )
    is_accessible_for_free: bool | None = None
    date_created: date | None = None
    date_published: date | None = None
    date_modified: date | None = None
    status: Literal[ResourceStatus.SHARED, ResourceStatus.PRIVATE] = ResourceStatus.SHARED


class ResourceChange(ResourceDraft):
    """The whole description anew: what is left out is emptied."""


class ResourceSummary(Answer):
    """A resource in a list."""

    id: UUID
    version: int
    status: ResourceStatus
    partner_id: UUID | None
    partner_name: str | None = None
    name: str
    description: str
    url: str
    image: str | None
    learning_resource_type: list[str]
    about: list[str]
    grades: list[str]
    typical_age_min: int | None
    typical_age_max: int | None
    audience: list[str]
    in_language: list[str]
    license: str | None = Field(examples=["CC-BY-4.0"])
    time_required_minutes: int | None


class Resource(ResourceSummary):
    """A resource with all that is known of it."""

    owner_id: UUID | None
    about_ids: list[str]
    educational_level: list[str]
    license_url: str | None
    interactivity_type: str | None
    educational_use: list[str]
    keywords: list[str]
    creator: list[str]
    publisher: list[str]
    provider: str | None
    is_based_on: list[str]
    teaches: list[str]
    assesses: list[str]
    is_accessible_for_free: bool | None
    date_created: date | None
    date_published: date | None
    date_modified: date | None
    created_at: datetime
    updated_at: datetime


class PartnerResources(Answer):
    """What one partner shares: how many, and the newest."""

    count: int
    newest: list[ResourceSummary]


class ResourcePublished(Event):
    """A resource came into the library: new, or back after it was withdrawn or suspended."""

    type: ClassVar[str] = "resources.resource.published.v1"
    resource_id: UUID
    partner_id: UUID | None
    title: str
    url: str
    status: ResourceStatus


class ResourceChanged(Event):
    """The description of a resource changed, or who may see it."""

    type: ClassVar[str] = "resources.resource.changed.v1"
    resource_id: UUID
    partner_id: UUID | None
    title: str
    url: str
    status: ResourceStatus


class ResourceWithdrawn(Event):
    """A resource is no longer to be found."""

    type: ClassVar[str] = "resources.resource.withdrawn.v1"
    resource_id: UUID
    partner_id: UUID | None
    title: str
    reason: WithdrawalReason
