"""Partners over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.partners.directory.partners import actions, queries
from shared.contracts.partners.partner import (
    Partner,
    PartnerChange,
    PartnerDraft,
    PartnerKind,
    PartnerStatus,
)
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfIds, OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import DirectoryReader, PartnersWriter

router = noun("partners")
OfKind = Annotated[PartnerKind | None, Query(description="Only those of this kind.")]
PartOf = Annotated[
    UUID | None,
    Query(description="Only those below this partner, such as the schools of a district."),
]


@router.get("", response_model=Page[Partner])
async def list_partners(
    _: DirectoryReader,
    reader: Reader,
    paging: Paging,
    ids: OfIds,
    kind: OfKind = None,
    status: OfStatus[PartnerStatus] = None,
    parent_id: PartOf = None,
) -> Response:
    """All partners by name, or those below another (`parent_id`)."""
    return await queries.partners(reader, ids, kind, status, parent_id, paging)


@router.post("", status_code=201, responses=refusals(404))
async def register_partner(
    draft: PartnerDraft, caller: PartnersWriter, session: Session, response: Response
) -> Partner:
    """Register a partner. Announces `partners.partner.registered.v1`."""
    row = await actions.register(session, caller, draft)
    return tagged(response, await queries.one_partner(session, row.id))


@router.get("/{partner_id}", responses=refusals(404))
async def read_partner(
    partner_id: UUID, _: DirectoryReader, reader: Reader, response: Response
) -> Partner:
    """One partner."""
    return tagged(response, await queries.one_partner(reader, partner_id))


@router.patch("/{partner_id}", responses=refusals(404, 412, 428))
async def change_partner(
    partner_id: UUID,
    wanted: PartnerChange,
    expected: IfMatch,
    caller: PartnersWriter,
    session: Session,
    response: Response,
) -> Partner:
    """Change a partner's profile. Announces `partners.partner.changed.v1`."""
    row = await actions.change(session, caller, partner_id, expected, wanted)
    return tagged(response, await queries.one_partner(session, row.id))
