"""Invitations over HTTP. People accept them at the gateway, which authenticates them."""

from uuid import UUID

from fastapi import Request, Response

from services.partners.identity.invitations import actions, queries, rules
from shared.contracts.partners.invitation import (
    AcceptanceDraft,
    Invitation,
    InvitationDraft,
    InvitationMade,
    InvitationStatus,
)
from shared.contracts.partners.membership import TakenMembership
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfPartner, OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import internal, noun
from shared.persistence.database import Reader, Session
from shared.security.callers import Composer, MembershipsReader, MembershipsWriter
from shared.security.link_secrets import new_secret

router = noun("invitations")
inside = internal()


@router.get("")
async def list_invitations(
    caller: MembershipsReader,
    reader: Reader,
    paging: Paging,
    now: Now,
    partner_id: OfPartner = None,
    status: OfStatus[InvitationStatus] = None,
) -> Page[Invitation]:
    """The invitations of the caller's own partner, for a district also those of its schools, or all
    for the operator; and those that the caller offered."""
    return await queries.invitations(reader, caller, partner_id, status, now, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def offer_invitation(
    draft: InvitationDraft,
    caller: MembershipsWriter,
    session: Session,
    now: Now,
    request: Request,
    response: Response,
) -> InvitationMade:
    """Offer a membership that the caller may grant. Only this answer contains the `link`; it is
    stored nowhere. Announces `partners.invitation.offered.v1`."""
    secret = new_secret()
    row = await actions.offer(session, caller, draft, secret, now)
    await session.flush()
    response.headers["Cache-Control"] = "no-store"
    known = await queries.one_invitation(session, caller, row.id, now)
    settings = request.app.state.settings
    link = rules.link_of(settings.invitation_url, settings.public_url, secret)
    return tagged(response, InvitationMade(**known.model_dump(), link=link))


@router.get("/{invitation_id}", responses=refusals(404))
async def read_invitation(
    invitation_id: UUID, caller: MembershipsReader, reader: Reader, now: Now, response: Response
) -> Invitation:
    """One invitation, without its link."""
    return tagged(response, await queries.one_invitation(reader, caller, invitation_id, now))


@router.delete("/{invitation_id}", responses=refusals(404, 409, 412, 428))
async def withdraw_invitation(
    invitation_id: UUID,
    expected: IfMatch,
    caller: MembershipsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Invitation:
    """Withdraw an invitation that was not accepted. Announces
    `partners.invitation.withdrawn.v1`."""
    await actions.withdraw(session, caller, invitation_id, expected)
    await session.flush()
    return tagged(response, await queries.one_invitation(session, caller, invitation_id, now))


@inside.post("/invitations/acceptance", status_code=201)
async def accept_invitation(
    draft: AcceptanceDraft, _: Composer, session: Session, now: Now
) -> TakenMembership:
    """Accept an invitation for the person who signs in so. Gives the membership they got."""
    row = await actions.accept(session, draft, now)
    return TakenMembership(membership_id=row.id, **row.model_dump())
