"""Collections: resources in an order that a member chose."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.resources.resource import ResourceSummary


class CollectionStatus(StrEnum):
    PRIVATE = "private"
    SHARED = "shared"
    WITHDRAWN = "withdrawn"


class CollectionDraft(Body):
    """`resource_ids` is in the order of use, each id at most once."""

    title: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=5_000)
    shared: bool = False
    resource_ids: list[UUID] = Field(default=[], max_length=500)


class CollectionChange(CollectionDraft):
    """The whole collection, which replaces the present one."""


class CollectionSummary(Answer):
    id: UUID
    version: int
    owner_id: UUID
    partner_id: UUID | None
    partner_name: str | None = None
    title: str
    description: str
    status: CollectionStatus
    resources_count: int
    updated_at: datetime


class Collection(CollectionSummary):
    """A collection with its resources in order. Resources that the caller may not see are left
    out."""

    resources: list[ResourceSummary]


class CollectionMade(Event):
    """A member made a collection of resources."""

    type: ClassVar[str] = "resources.collection.made.v1"
    collection_id: UUID
    partner_id: UUID | None
    status: CollectionStatus
    resource_ids: list[UUID]


class CollectionChanged(Event):
    """A collection has other resources, another order, title or audience, or was withdrawn."""

    type: ClassVar[str] = "resources.collection.changed.v1"
    collection_id: UUID
    partner_id: UUID | None
    status: CollectionStatus
    resource_ids: list[UUID]
