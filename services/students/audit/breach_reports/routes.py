"""The report after a breach, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.students.audit.breach_reports import queries
from shared.contracts.base import Moment
from shared.contracts.students.disclosure import Disclosed
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("disclosures")
Keeper = Annotated[Principal, may(Permission.DISCLOSURES_READ)]
First = Annotated[Moment, Query(alias="from", description="The window's first moment.")]
Got = Annotated[UUID, Query(description="Whose getting is asked for.")]
Until = Annotated[Moment, Query(alias="to", description="Not included.")]


@router.get("")
async def list_disclosed(
    organization_id: Got, first: First, until: Until, caller: Keeper, reader: Reader,
    paging: Paging,
) -> Page[Disclosed]:  # fmt: skip
    """Which children's what went to an organization in a window of time, drawn from the log: of
    the own district's children; to the operator of all. For the notices after a breach."""
    return await queries.disclosed(reader, caller, paging, organization_id, first, until)
