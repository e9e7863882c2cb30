"""Learning resources: LRMI and schema.org `LearningResource` terms, in snake_case."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Answer, Body, Event
from shared.contracts.grade import Grade

Term = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Terms = Annotated[list[Term], Field(max_length=50)]
Link = Annotated[
    str, StringConstraints(pattern=r"^https?://[!-~]+$", min_length=1, max_length=2_000)
]
Uri = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$", max_length=2_000)
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


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
    PRIVATE = "private"  # seen by its owner and its partner only
    SHARED = "shared"  # found and read by everybody
    WITHDRAWN = "withdrawn"  # withdrawn by a member who may change it
    SUSPENDED = "suspended"  # was shared by a partner that is now in no partnership


class WithdrawalReason(StrEnum):
    OWNER = "owner"
    PARTNER_LEFT = "partner-left"


class ResourceDraft(Body):
    """The description of a resource. Where only grades or only ages are given, the others are
    worked out from them."""

    name: str = Field(min_length=1, max_length=500, examples=["Fractions on a number line"])
    url: Link
    description: str = Field(default="", max_length=10_000)
    image: Link | None = None
    learning_resource_type: Terms = Field(default=[], examples=[["lessonPlan"]])
    about: Terms = Field(default=[], examples=[["Mathematics"]])
    about_ids: list[Uri] = Field(
        default=[],
        max_length=50,
        description="The URIs of the concepts in `about`, where they have any.",
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
        description="A license's address or its usual name: `CC BY 4.0`.",
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
        default=[], max_length=200, description="URIs of the CASE items that the resource teaches."
    )
    assesses: list[Uri] = Field(
        default=[],
        max_length=200,
        description="URIs of the CASE items that the resource assesses.",
    )
    is_accessible_for_free: bool | None = None
    date_created: date | None = None
    date_published: date | None = None
    date_modified: date | None = None
    status: Literal[ResourceStatus.SHARED, ResourceStatus.PRIVATE] = ResourceStatus.SHARED


class ResourceChange(ResourceDraft):
    """The whole description, which replaces the present one: fields that are left out are
    emptied."""


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
    """A resource with its whole description."""

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
    """The resources that one partner shares: their number, and the newest."""

    count: int
    newest: list[ResourceSummary]


class ResourcePublished(Event):
    """A resource entered the library: new, or back after a withdrawal or suspension."""

    type: ClassVar[str] = "resources.resource.published.v1"
    resource_id: UUID
    partner_id: UUID | None
    title: str
    url: str
    status: ResourceStatus


class ResourceChanged(Event):
    """A resource has another description or another audience."""

    type: ClassVar[str] = "resources.resource.changed.v1"
    resource_id: UUID
    partner_id: UUID | None
    title: str
    url: str
    status: ResourceStatus


class ResourceWithdrawn(Event):
    """A resource left the library."""

    type: ClassVar[str] = "resources.resource.withdrawn.v1"
    resource_id: UUID
    partner_id: UUID | None
    title: str
    reason: WithdrawalReason
