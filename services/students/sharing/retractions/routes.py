"""Retractions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.students.sharing.retractions import actions, queries
from shared.contracts.students.sharing import ReceiptDraft, Retraction
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.filters import OfPartner, OfStudent
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("retractions")
Viewer = Annotated[Principal, may(Permission.SHARING_READ)]
Holder = Annotated[Principal, may(Permission.RECEIPTS_WRITE)]
Overdue = Annotated[
    bool | None,
    Query(description="Only those whose receipt is late; false: the others, also those with one."),
]


@router.get("")
async def list_retractions(
    caller: Viewer, reader: Reader, paging: Paging, partner_id: OfPartner = None,
    student_id: OfStudent = None,
    open_only: Annotated[bool, Query(alias="open", description="Without a receipt.")] = False,
    overdue: Overdue = None,
) -> Page[Retraction]:  # fmt: skip
    """What partners were to delete: a partner's own, a district's children's; to the backbone the
    open ones of all partners, without the children. The oldest first."""
    return await queries.retractions(
        reader, caller, paging, partner_id=partner_id, student_id=student_id,
        open_only=open_only, overdue=overdue,
    )  # fmt: skip


@router.get("/{retraction_id}", responses=refusals(404))
async def read_retraction(retraction_id: UUID, caller: Viewer, reader: Reader) -> Retraction:
    """One, with its receipt where there is one."""
    return await queries.retraction(reader, caller, retraction_id)


@router.post("/{retraction_id}/receipt", status_code=201, responses=refusals(404, 409))
async def give_receipt(
    retraction_id: UUID, said: ReceiptDraft, caller: Holder, session: Session, now: Now
) -> Retraction:
    """The partner's word that all of it was deleted, and when. Refused: `receipt-incomplete` where
    a category is missing, `receipt-given` where there is one, `deletion-ahead`."""
    row = await actions.give_receipt(session, caller, retraction_id, said, now)
    await session.flush()
    return await queries.retraction(session, caller, row.id)
