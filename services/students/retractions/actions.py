"""Taking back what a partner was told, and writing down that it deleted it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.retractions import queries, rules
from services.students.retractions.records import RetractionRow
from services.students.sharing.records import HeldRow
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.sharing import ReceiptDraft, SharingRetracted, Why
from shared.partner_outbox import Terms, retract
from shared.principal import Principal


async def retract_child(
    session: AsyncSession, held: HeldRow, lost: Collection[Category], why: Why, now: datetime,
    *, listening: bool,
) -> None:  # fmt: skip
    """Where the partner's stream is closed it is not told, but is to give a receipt all the same:
    it can read what it is to delete."""
    row = RetractionRow(
        partner_id=held.partner_id, student_id=held.student_id, source=held.source,
        own_id=held.own_id, categories=sorted(lost), why=why, retracted_at=now,
        receipt_due=rules.due(now),
    )  # fmt: skip
    if listening:
        event = SharingRetracted(
            retraction_id=row.id, student_id=row.student_id, own_id=row.own_id,
            categories=sorted(lost), why=why, retracted_at=now, receipt_due=row.receipt_due,
        )  # fmt: skip
        row.event_id = await retract(
            session, row.partner_id, row.student_id, row.student_id, held.told, event,
            Terms(Purpose.SERVICE),
        )  # fmt: skip
    session.add(row)


async def give_receipt(
    session: AsyncSession, caller: Principal, retraction_id: UUID, said: ReceiptDraft,
    now: datetime,
) -> RetractionRow:  # fmt: skip
    row = await queries.retraction_row(session, caller, retraction_id)

    rules.ensure_open(row.received_at)
    rules.ensure_whole(row.categories, said.categories)
    rules.ensure_done(said.deleted_at, now)

    row.received_at, row.received_by = now, caller.account_id
    row.deleted_at = said.deleted_at
    return row
