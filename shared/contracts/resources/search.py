"""Search of the shared library: words, facets with counts, ranked pages."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer
from shared.contracts.resources.resource import ResourceSummary


class Facet(StrEnum):
    SUBJECT = "subject"
    GRADE = "grade"
    TYPE = "type"
    AUDIENCE = "audience"
    LANGUAGE = "language"
    STANDARD = "standard"
    LICENSE = "license"


class FacetValue(Answer):
    """One value of a facet, and the number of resources that have it."""

    value: str = Field(examples=["Mathematics"])
    label: str | None = Field(default=None, description="A standard's code or statement.")
    count: int


class FoundResource(ResourceSummary):
    score: float = Field(
        description="How well the resource matches the words; 0 where no words were given."
    )


class ResourceSearch(Answer):
    """A page of resources, and the facets of all resources that match.

    Values of one facet are alternatives; facets narrow each other. The counts of a facet are taken
    under the words and all *other* facets, so that they show the result of another choice. Counting
    stops at 5,000 resources: then `exact` is false, `total` is a lower bound, and the counts are of
    those 5,000. Where no counts were asked for, `total` is null and `facets` empty.
    """

    items: list[FoundResource]
    next: str | None
    total: int | None
    exact: bool
    facets: dict[Facet, list[FacetValue]]


class SearchHit(Answer):
    """One hit of the platform's search over all services."""

    id: UUID
    kind: Literal["resource"] = "resource"
    title: str
    summary: str
    score: float = Field(ge=0, le=1)


class SearchHits(Answer):
    items: list[SearchHit]
