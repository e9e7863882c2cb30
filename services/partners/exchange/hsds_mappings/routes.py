"""Mappings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.partners.exchange.hsds_mappings import actions, queries
from shared.contracts.partners.hsds_mapping import (
    HsdsMapping,
    HsdsMappingChange,
    HsdsMappingDraft,
    HsdsMappingStatus,
    HsdsMappingVersion,
)
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfPartner, OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import PartnersWriter

router = noun("hsds-mappings")
MOST = 1_000_000


@router.get("")
async def list_hsds_mappings(
    caller: PartnersWriter,
    reader: Reader,
    paging: Paging,
    partner_id: OfPartner = None,
    status: OfStatus[HsdsMappingStatus] = None,
) -> Page[HsdsMapping]:
    """The mappings that the caller may import by, by name."""
    return await queries.mappings(reader, caller, partner_id, status, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def write_hsds_mapping(
    draft: HsdsMappingDraft, caller: PartnersWriter, session: Session, response: Response
) -> HsdsMapping:
    """Write how tables with other headers are read as HSDS. `POST /v1/imports/hsds?mapping=<id>`
    reads a file by it. Announces `partners.hsds-mapping.written.v1`."""
    row = await actions.write(session, caller, draft)
    return tagged(response, await queries.one_mapping(session, caller, row.id))


@router.get("/{mapping_id}", responses=refusals(404))
async def read_hsds_mapping(
    mapping_id: UUID, caller: PartnersWriter, reader: Reader, response: Response
) -> HsdsMapping:
    """One mapping in its latest version."""
    return tagged(response, await queries.one_mapping(reader, caller, mapping_id))


@router.put("/{mapping_id}", responses=refusals(404, 409, 412, 428))
async def change_hsds_mapping(
    mapping_id: UUID,
    wanted: HsdsMappingChange,
    expected: IfMatch,
    caller: PartnersWriter,
    session: Session,
    response: Response,
) -> HsdsMapping:
    """Write the mapping's next version. Imports that were sent before are read by theirs. Announces
    `partners.hsds-mapping.written.v1`."""
    row = await actions.change(session, caller, mapping_id, expected, wanted)
    return tagged(response, await queries.one_mapping(session, caller, row.id))


@router.delete("/{mapping_id}", responses=refusals(404, 409, 412, 428))
async def retire_hsds_mapping(
    mapping_id: UUID,
    expected: IfMatch,
    caller: PartnersWriter,
    session: Session,
    response: Response,
) -> HsdsMapping:
    """Retire a mapping: it reads no further file, and its name is free again. Announces
    `partners.hsds-mapping.retired.v1`."""
    row = await actions.retire(session, caller, mapping_id, expected)
    return tagged(response, await queries.one_mapping(session, caller, row.id))


@router.get("/{mapping_id}/versions/{number}", responses=refusals(404))
async def read_hsds_mapping_version(
    mapping_id: UUID,
    number: Annotated[int, Path(ge=1, le=MOST, description="The number of the version, from 1.")],
    caller: PartnersWriter,
    reader: Reader,
    response: Response,
) -> HsdsMappingVersion:
    """One version of a mapping, as the job of an import names it."""
    return tagged(response, await queries.one_version(reader, caller, mapping_id, number))
