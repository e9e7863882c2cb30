"""Partnerships over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.partners.partnerships.partnerships import actions, queries
from shared.contracts.partners.partnership import (
    Partnership,
    PartnershipChange,
    PartnershipDraft,
)
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("partnerships")
Anybody = Annotated[Principal, may(Permission.DIRECTORY_READ)]
Keeper = Annotated[Principal, may(Permission.PARTNERSHIPS_WRITE)]
WithMember = Annotated[
    UUID | None, Query(description="Only those of which this partner is a member now.")
]


@router.get("")
async def list_partnerships(
    _: Anybody, reader: Reader, paging: Paging, partner_id: WithMember = None
) -> Page[Partnership]:
    """All partnerships by name, or those that a partner is in."""
    return await queries.partnerships(reader, partner_id, paging)


@router.post("", status_code=201)
async def form_partnership(
    draft: PartnershipDraft, _: Keeper, session: Session, response: Response
) -> Partnership:
    """Form a partnership. Announces `partners.partnership.formed.v1`."""
    row = await actions.form(session, draft)
    return tagged(response, Partnership.model_validate(row))


@router.get("/{partnership_id}", responses=refusals(404))
async def read_partnership(
    partnership_id: UUID, _: Anybody, reader: Reader, response: Response
) -> Partnership:
    """One partnership."""
    return tagged(response, await queries.partnership(reader, partnership_id))


@router.patch("/{partnership_id}", responses=refusals(404, 409, 412, 428))
async def change_partnership(
    partnership_id: UUID,
    wanted: PartnershipChange,
    expected: IfMatch,
    _: Keeper,
    session: Session,
    response: Response,
) -> Partnership:
    """Change a partnership. Announces `partners.partnership.changed.v1`."""
    row = await actions.change(session, partnership_id, expected, wanted)
    return tagged(response, Partnership.model_validate(row))


@router.post("/{partnership_id}/ending", status_code=201, responses=refusals(404, 409, 412, 428))
async def end_partnership(
    partnership_id: UUID,
    expected: IfMatch,
    _: Keeper,
    session: Session,
    now: Now,
    response: Response,
) -> Partnership:
    """End a partnership: its members leave and its networks end, each announced, then
    `partners.partnership.changed.v1`."""
    row = await actions.end(session, partnership_id, expected, now)
    return tagged(response, Partnership.model_validate(row))
