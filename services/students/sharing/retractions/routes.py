"""Retractions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.students.sharing.retractions import actions, queries
from shared.contracts.students.sharing import ReceiptCorrection, ReceiptDraft, Retraction
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.filters import OfPartner, OfStudent
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import ReceiptsWriter, SharingReader

router = noun("retractions")
Overdue = Annotated[
    bool | None,
    Query(
        description="Only those with a late receipt; false: only the others, with or without one."
    ),
]


@router.get("")
async def list_retractions(
    caller: SharingReader, reader: Reader, paging: Paging, partner_id: OfPartner = None,
    student_id: OfStudent = None,
    open_only: Annotated[
        bool, Query(alias="open", description="Only those without a receipt.")
    ] = False,
    overdue: Overdue = None,
) -> Page[Retraction]:  # fmt: skip
    """The retractions that the caller may see, the oldest first: a partner its own, a district those
    about its children. The backbone reads the open ones of all partners, without the children."""
    return await queries.retractions(
        reader, caller, paging, partner_id=partner_id, student_id=student_id,
        open_only=open_only, overdue=overdue,
    )  # fmt: skip


@router.get("/{retraction_id}", responses=refusals(404))
async def read_retraction(
    retraction_id: UUID, caller: SharingReader, reader: Reader
) -> Retraction:
    """One retraction, with its receipt where there is one."""
    return await queries.one_retraction(reader, caller, retraction_id)


@router.post("/{retraction_id}/receipt", status_code=201, responses=refusals(404, 409))
async def give_receipt(
    retraction_id: UUID, said: ReceiptDraft, caller: ReceiptsWriter, session: Session, now: Now
) -> Retraction:
    """Give the partner's receipt: it deleted all of the retraction, and when. Refused with
    `receipt-incomplete` where a category is missing, with `receipt-given` where the retraction has
    a receipt, with `deletion-ahead` where the deletion lies in the future, and with
    `deletion-before-retraction` where it lies before the retraction."""
    row = await actions.give_receipt(session, caller, retraction_id, said, now)
    await session.flush()
    return await queries.one_retraction(session, caller, row.id)


@router.post("/{retraction_id}/receipt/correction", status_code=201, responses=refusals(404, 409))
async def correct_receipt(
    retraction_id: UUID,
    said: ReceiptCorrection,
    caller: ReceiptsWriter,
    session: Session,
    now: Now,
) -> Retraction:
    """Correct the time that the partner's receipt names. `earlier_receipts` keeps what it said
    before. Refused with `receipt-missing` where there is no receipt yet, and the time as in a
    receipt."""
    row = await actions.correct_receipt(session, caller, retraction_id, said, now)
    await session.flush()
    return await queries.one_retraction(session, caller, row.id)
