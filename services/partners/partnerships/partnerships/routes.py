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
from shared.core.clock import Now, Today
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfIds
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import DirectoryReader, PartnershipsWriter

router = noun("partnerships")
WithMember = Annotated[
    UUID | None, Query(description="Only those of which this partner is a member now.")
]


@router.get("", response_model=Page[Partnership])
async def list_partnerships(
    _: DirectoryReader, reader: Reader, paging: Paging, ids: OfIds, partner_id: WithMember = None
) -> Response:
    """Partnerships by name: all, or those of which a partner is a member now."""
    return await queries.partnerships(reader, ids, partner_id, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def form_partnership(
    draft: PartnershipDraft,
    caller: PartnershipsWriter,
    session: Session,
    today: Today,
    response: Response,
) -> Partnership:
    """Form a partnership. The partner of a backbone's staff joins it as its backbone; the operator
    adds the backbone as a member. Announces `partners.partnership.formed.v1`."""
    row = await actions.form(session, caller, draft, today)
    return tagged(response, Partnership.model_validate(row))


@router.get("/{partnership_id}", responses=refusals(404))
async def read_partnership(
    partnership_id: UUID, _: DirectoryReader, reader: Reader, response: Response
) -> Partnership:
    """One partnership."""
    return tagged(response, await queries.one_partnership(reader, partnership_id))


@router.patch("/{partnership_id}", responses=refusals(404, 409, 412, 428))
async def change_partnership(
    partnership_id: UUID,
    wanted: PartnershipChange,
    expected: IfMatch,
    caller: PartnershipsWriter,
    session: Session,
    response: Response,
) -> Partnership:
    """Change a partnership. Announces `partners.partnership.changed.v1`."""
    row = await actions.change(session, caller, partnership_id, expected, wanted)
    return tagged(response, Partnership.model_validate(row))


@router.post("/{partnership_id}/ending", status_code=201, responses=refusals(404, 409, 412, 428))
async def end_partnership(
    partnership_id: UUID,
    expected: IfMatch,
    caller: PartnershipsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Partnership:
    """End a partnership. Its members leave and its networks end, each announced; then
    `partners.partnership.changed.v1` is announced."""
    row = await actions.end(session, caller, partnership_id, expected, now)
    return tagged(response, Partnership.model_validate(row))
