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
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("observations")
Viewer = Annotated[Principal, may(Permission.INDICATORS_READ)]
Observed = Annotated[UUID, Query(description="The indicator.")]
OfPlaceKind = Annotated[PlaceKind | None, Query(description="Only places of this kind.")]
AtPlace = Annotated[
    str | None,
    Query(max_length=100, pattern=r"^[^\x00]*$", description="Only the place with this key."),
]
InPeriod = Annotated[
    str | None,
    Query(max_length=100, pattern=r"^[^\x00]*$", description="Only this period, as `2024-2025`."),
]


@router.get("", responses=refusals(404))
async def list_observations(
    indicator_id: Observed,
    _: Viewer,
    reader: Reader,
    paging: Paging,
    place_kind: OfPlaceKind = None,
    place: AtPlace = None,
    period: InPeriod = None,
) -> Page[ObservationTable]:
    """What was observed of an indicator (its definition in force), a table of groups per place
    and period, after disclosure control with n = 10,
    or more where a scorecard that shows the indicator asks for more."""
    return await queries.observations(reader, indicator_id, place_kind, place, period, paging)
