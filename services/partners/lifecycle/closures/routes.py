"""Closing a partner over HTTP."""

from uuid import UUID

from fastapi import Response

from services.partners.directory.partners import queries
from services.partners.lifecycle.closures import actions
from shared.contracts.partners.partner import Partner
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import PartnersWriter

router = noun("partners")


@router.post("/{partner_id}/closure", status_code=201, responses=refusals(404, 409, 412, 428))
async def close_partner(
    partner_id: UUID,
    expected: IfMatch,
    caller: PartnersWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Partner:
    """Close a partner for good. Its programs close, it leaves its partnerships, and its agreements,
    memberships, clients, invitations, mappings and stream end. Announces each of these, and
    `partners.partner.changed.v1`."""
    row = await actions.close(session, caller, partner_id, expected, now)
    return tagged(response, await queries.one_partner(session, row.id))
