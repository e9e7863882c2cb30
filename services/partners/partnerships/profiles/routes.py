"""Internal routes for the gateway's composed pages."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.partners.directory.programs import queries as programs
from services.partners.partnerships.profiles import queries
from shared.contracts.partners.directory import (
    Directory,
    DirectoryHits,
    PartnerProfile,
    PartnershipProfile,
)
from shared.contracts.partners.program import ProgramInBrief
from shared.core.refusals import BadRequest
from shared.http.route import internal
from shared.persistence.database import Reader
from shared.security.callers import DirectoryReader

inside = internal()
IDS = 200


@inside.get("/partners/{partner_id}/profile")
async def partner_profile(partner_id: UUID, _: DirectoryReader, reader: Reader) -> PartnerProfile:
    return await queries.partner_profile(reader, partner_id)


@inside.get("/partnerships/{partnership_id}/profile")
async def partnership_profile(
    partnership_id: UUID, _: DirectoryReader, reader: Reader
) -> PartnershipProfile:
    return await queries.partnership_profile(reader, partnership_id)


@inside.get("/programs")
async def programs_in_brief(
    _: DirectoryReader, reader: Reader, ids: Annotated[str, Query(max_length=IDS * 37)]
) -> list[ProgramInBrief]:
    """Programs in brief. `ids` is a list of UUIDs separated by commas."""
    try:
        wanted = [UUID(id) for id in ids.split(",") if id][:IDS]
    except ValueError as error:
        raise BadRequest("ids-malformed", "`ids` must be UUIDs separated by commas.") from error
    return await programs.in_brief(reader, wanted)


@inside.get("/directory")
async def directory(_: DirectoryReader, reader: Reader) -> Directory:
    return await queries.directory(reader)


@inside.get("/search")
async def search(
    _: DirectoryReader,
    reader: Reader,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> DirectoryHits:
    return await queries.search(reader, q, limit)
