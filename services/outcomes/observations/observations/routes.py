"""Observations over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.outcomes.observations.observations import queries
from shared.contracts.outcomes.observation import ObservationTable
from shared.contracts.outcomes.place import PlaceKind
from shared.core.refusals import refusals
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.callers import IndicatorsReader

router = noun("observations")
MOST_DEFINITIONS = 1_000_000
Observed = Annotated[UUID, Query(description="The indicator.")]
OfPlaceKind = Annotated[PlaceKind | None, Query(description="Only places of this kind.")]
AtPlace = Annotated[
    str | None,
    Query(max_length=100, pattern=r"^[^\x00]*$", description="Only the place with this key."),
]
OfDefinition = Annotated[
    int | None,
    Query(
        ge=1, le=MOST_DEFINITIONS,
        description="The number of a definition; the one in force where it is left out.",
    ),
]  # fmt: skip
InPeriod = Annotated[
    str | None,
    Query(max_length=100, pattern=r"^[^\x00]*$", description="Only this period, as `2024-2025`."),
]


@router.get("", responses=refusals(404))
async def list_observations(
    indicator_id: Observed,
    _: IndicatorsReader,
    reader: Reader,
    paging: Paging,
    place_kind: OfPlaceKind = None,
    place: AtPlace = None,
    period: InPeriod = None,
    definition: OfDefinition = None,
) -> Page[ObservationTable]:
    """The observations of one definition of an indicator, of the one in force unless another is
    named: a table of groups per place and period. Disclosure control applies with n = 10, or more where a scorecard that shows the
    indicator sets more."""
    asked = queries.Asked(indicator_id, definition, place_kind, place, period)
    return await queries.observations(reader, asked, paging)
