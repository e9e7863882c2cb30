"""Members of partnerships over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.partners.partnerships.members import actions
from services.partners.partnerships.partnerships import queries
from shared.contracts.base import Day
from shared.contracts.partners.partnership import (
    Member,
    MemberChange,
    MemberDeparture,
    MemberDraft,
    Partnership,
)
from shared.core.clock import Now, Today
from shared.core.refusals import refusals
from shared.http.etags import ETAG, IfMatch, tagged
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import DirectoryReader, PartnershipsWriter

router = noun("members", prefix="/v1/partnerships/{partnership_id}/members")
On = Annotated[Day | None, Query(description="Only the members on this day, instead of now.")]


@router.get("", responses=refusals(404))
async def list_members(
    partnership_id: UUID, _: DirectoryReader, reader: Reader, paging: Paging, on: On = None
) -> Page[Member]:
    """The members of a partnership by name: now, or on the day `on`."""
    await queries.one_partnership(reader, partnership_id)
    return await queries.members(reader, partnership_id, on, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def join_partnership(
    partnership_id: UUID,
    draft: MemberDraft,
    caller: PartnershipsWriter,
    session: Session,
    today: Today,
) -> Member:
    """Add a partner to a partnership. Announces `partners.partnership.member-joined.v1`."""
    await actions.join(session, caller, partnership_id, draft, today)
    return await queries.one_member(session, partnership_id, draft.partner_id)


@router.patch("/{partner_id}", responses=refusals(404, 409, 412, 428) | {200: {"headers": ETAG}})
async def change_member(
    partnership_id: UUID,
    partner_id: UUID,
    wanted: MemberChange,
    expected: IfMatch,
    caller: PartnershipsWriter,
    session: Session,
    response: Response,
) -> Member:
    """Change the roles of a member. If-Match takes the partnership's ETag; the answer has its new
    ETag. Announces `partners.partnership.member-changed.v1`."""
    tagged(
        response,
        await actions.change(session, caller, partnership_id, partner_id, expected, wanted),
    )
    return await queries.one_member(session, partnership_id, partner_id)


@router.post("/{partner_id}/departure", status_code=201, responses=refusals(404, 409))
async def leave_partnership(
    partnership_id: UUID,
    partner_id: UUID,
    departure: MemberDeparture,
    caller: PartnershipsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Partnership:
    """A partner leaves, also the networks; with its last partnership its agreements end. Announces
    `partners.partnership.member-left.v1`."""
    await actions.leave(session, caller, partnership_id, partner_id, departure, now)
    return tagged(response, await queries.one_partnership(session, partnership_id))
