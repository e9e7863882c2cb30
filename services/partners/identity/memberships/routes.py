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
from shared.security.callers import Composer, MembershipsReader, MembershipsWriter
from shared.security.principal import Role

router = noun("memberships")
inside = internal()
OfRole = Annotated[Role | None, Query(description="Only those with this role.")]


@router.get("")
async def list_memberships(
    caller: MembershipsReader,
    reader: Reader,
    paging: Paging,
    partner_id: OfPartner = None,
    role: OfRole = None,
    status: OfStatus[MembershipStatus] = None,
) -> Page[Membership]:
    """The memberships of the caller's own partner, for a district also those of its schools, or all
    for the operator."""
    return await queries.memberships(reader, caller, partner_id, role, status, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def grant_membership(
    draft: MembershipDraft, caller: MembershipsWriter, session: Session, response: Response
) -> Membership:
    """Grant a person a role in the partnership. Announces `partners.membership.granted.v1`.
    Granting a live membership again changes nothing."""
    row = await actions.grant(session, caller, draft)
    await session.flush()
    return tagged(response, await queries.granted(session, row.id))


@router.get("/{membership_id}", responses=refusals(404))
async def read_membership(
    membership_id: UUID, caller: MembershipsReader, reader: Reader, response: Response
) -> Membership:
    """One membership."""
    return tagged(response, await queries.one_membership(reader, caller, membership_id))


@router.delete("/{membership_id}", responses=refusals(404, 409, 412, 428))
async def end_membership(
    membership_id: UUID,
    expected: IfMatch,
    caller: MembershipsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Membership:
    """End a membership, with effect within a second. Announces `partners.membership.ended.v1`."""
    await actions.end(session, caller, membership_id, expected, now)
    await session.flush()
    return tagged(response, await queries.one_membership(session, caller, membership_id))


@inside.get("/memberships")
async def acting_memberships(
    issuer: Annotated[str, Query(min_length=1, max_length=500)],
    subject: Annotated[str, Query(min_length=1, max_length=255)],
    _: Composer,
    reader: Reader,
) -> list[ActingMembership]:
    """The live memberships of the person who signs in so."""
    return await queries.acting(reader, issuer, subject)
