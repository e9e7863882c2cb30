"""The places of programs over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.students.participation.programs import queries
from shared.contracts.students.engagement import PartnerReach, Places
from shared.http.filters import OfPartner
from shared.http.paging import Page, Paging
from shared.http.route import internal, noun
from shared.persistence.database import Reader
from shared.security.callers import DirectoryReader

MOST_ASKED = 200

router = noun("places")
composed = internal()
Programs = Annotated[list[UUID], Query(min_length=1, max_length=MOST_ASKED)]


@router.get("")
async def list_places(
    caller: DirectoryReader, reader: Reader, paging: Paging, partner_id: OfPartner = None
) -> Page[Places]:
    """Programs with their capacity and whether a child could get a place. The numbers of taken and
    free places and of waiting children are null where they are so small that they would reveal
    single children."""
    return await queries.places(reader, caller, paging, partner_id)


@composed.get("/places")
async def read_places(
    caller: DirectoryReader, reader: Reader, program_id: Programs
) -> list[Places]:
    return await queries.places_of(reader, caller, program_id)


@composed.get("/partners/{partner_id}/reach")
async def read_reach(partner_id: UUID, caller: DirectoryReader, reader: Reader) -> PartnerReach:
    return await queries.reach(reader, caller, partner_id)
