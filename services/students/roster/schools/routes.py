"""Schools over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.students.roster.schools import queries
from shared.contracts.students.school import School
from shared.http.filters import STORABLE, ByIdentifier, OfIds
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.callers import DirectoryReader

router = noun("schools")
OfType = Annotated[
    str | None,
    Query(
        min_length=1, max_length=255, pattern=STORABLE,
        description="Only those of this type, spelled as in the source.",
    ),
]  # fmt: skip

ThePartner = Annotated[UUID | None, Query(description="The school that is this partner.")]


@router.get("")
async def list_schools(
    _: DirectoryReader,
    reader: Reader,
    paging: Paging,
    ids: OfIds,
    type: OfType = None,
    identifier: ByIdentifier = None,
    partner_id: ThePartner = None,
) -> Page[School]:
    """The schools, districts and departments of the rosters, by name. `type` is OneRoster's. Those that
    have ended are found by `id` alone."""
    return await queries.schools(
        reader, paging, ids=ids, type=type, identifier=identifier, partner_id=partner_id
    )
