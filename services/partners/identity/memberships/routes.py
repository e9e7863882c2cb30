"""Memberships over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.partners.identity.memberships import actions, queries
from shared.contracts.partners.membership import (
    ActingMembership,
    Membership,
    MembershipDraft,
    MembershipStatus,
)
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfPartner, OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import internal, noun
from shared.persistence.database import Reader, Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal, Role

router = noun("memberships")
inside = internal()
Looker = Annotated[Principal, may(Permission.MEMBERSHIPS_READ)]
Granter = Annotated[Principal, may(Permission.MEMBERSHIPS_WRITE)]
OfRole = Annotated[Role | None, Query(description="Only those with this role.")]
TheGateway = Annotated[Principal, may(Permission.COMPOSE)]


@router.get("")
async def list_memberships(
    caller: Looker,
    reader: Reader,
    paging: Paging,
    partner_id: OfPartner = None,
    role: OfRole = None,
    status: OfStatus[MembershipStatus] = None,
) -> Page[Membership]:
    """The memberships of one's own partner, for a district also of its schools, or all for
    backbone and operator."""
    return await queries.memberships(reader, caller, partner_id, role, status, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def grant_membership(
    draft: MembershipDraft, caller: Granter, session: Session, response: Response
) -> Membership:
    """Make a person something to the partnership. Announces `partners.membership.granted.v1`.
    Granting again what holds already changes nothing."""
    row = await actions.grant(session, caller, draft)
    await session.flush()
    return tagged(response, await queries.membership(session, caller, row.id))


@router.get("/{membership_id}", responses=refusals(404))
async def read_membership(
    membership_id: UUID, caller: Looker, reader: Reader, response: Response
) -> Membership:
    """One membership."""
    return tagged(response, await queries.membership(reader, caller, membership_id))


@router.delete("/{membership_id}", responses=refusals(404, 409, 412, 428))
async def end_membership(
    membership_id: UUID,
    expected: IfMatch,
    caller: Granter,
    session: Session,
    now: Now,
    response: Response,
) -> Membership:
    """End a membership, with effect within a second. Announces `partners.membership.ended.v1`."""
    await actions.end(session, caller, membership_id, expected, now)
    await session.flush()
    return tagged(response, await queries.membership(session, caller, membership_id))


@inside.get("/memberships")
async def acting_memberships(
    issuer: Annotated[str, Query(min_length=1, max_length=500)],
    subject: Annotated[str, Query(min_length=1, max_length=255)],
    _: TheGateway,
    reader: Reader,
) -> list[ActingMembership]:
    """What whoever signs in so is, now."""
    return await queries.acting(reader, issuer, subject)
