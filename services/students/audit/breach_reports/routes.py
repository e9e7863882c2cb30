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
from shared.security.callers import DisclosuresReader

router = noun("disclosures")
First = Annotated[Moment, Query(alias="from", description="The window's first moment.")]
Got = Annotated[UUID, Query(description="The organization that received the disclosures.")]
Until = Annotated[Moment, Query(alias="to", description="The window's end, not included.")]


@router.get("")
async def list_disclosed(
    organization_id: Got, first: First, until: Until, caller: DisclosuresReader, reader: Reader,
    paging: Paging,
) -> Page[Disclosed]:  # fmt: skip
    """The children and categories that were disclosed to an organization in a window of time, from
    the log. A district reads of its own children, the operator of all. For the notices after a
    breach."""
    return await queries.disclosed(reader, caller, paging, organization_id, first, until)
