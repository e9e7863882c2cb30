"""Schools over HTTP."""

from typing import Annotated

from fastapi import Query

from services.students.roster.schools import queries
from shared.contracts.students.school import School
from shared.http.filters import STORABLE, ByIdentifier
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("schools")
Anybody = Annotated[Principal, may(Permission.DIRECTORY_READ)]
OfType = Annotated[
    str | None,
    Query(
        min_length=1, max_length=255, pattern=STORABLE,
        description="Only those of this type, as the source spells it.",
    ),
]  # fmt: skip


@router.get("")
async def list_schools(
    _: Anybody,
    reader: Reader,
    paging: Paging,
    type: OfType = None,
    identifier: ByIdentifier = None,
) -> Page[School]:
    """Schools, districts and departments of the rosters, by name. `type` as OneRoster's."""
    return await queries.schools(reader, paging, type=type, identifier=identifier)
