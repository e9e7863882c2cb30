"""Parameters by which a list is narrowed, each explained once for all routes. One that is left out
narrows nothing."""

from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query

T = TypeVar("T")

OfStatus = Annotated[T | None, Query(description="Only those with this status.")]
OfPartner = Annotated[UUID | None, Query(description="Only those of this partner.")]
OfStudent = Annotated[
    UUID | None,
    Query(
        description="Only those of this child. A child that is hidden from the caller has none."
    ),
]
OfIndicator = Annotated[UUID | None, Query(description="Only those of this indicator.")]
OfResource = Annotated[UUID | None, Query(description="Only those of this resource.")]
