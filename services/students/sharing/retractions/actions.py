"""Asking a partner to delete the parts that it received or read, and recording its receipt."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.sharing.decisions.records import HeldRow
from services.students.sharing.retractions import queries, rules
from services.students.sharing.retractions.records import RetractionRow
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.sharing import (
    EarlierReceipt,
    ReceiptCorrection,
    ReceiptDraft,
    RetractionWithdrawn,
    SharingRetracted,
    Why,
)
from shared.events.partner_outbox import TakenBack, Terms, retract, tell_partner
from shared.security.principal import Principal


@dataclass(frozen=True)
class Lost:
    """The categories of a child that a partner may no longer have."""

    held: HeldRow
    categories: Collection[Category]
    why: Why
    by_roster: bool = False


async def retract_children(
    session: AsyncSession, partner_id: UUID, lost: Sequence[Lost], now: datetime,
    *, listening: bool,
) -> None:  # fmt: skip
    """Write the retractions of many children at once: a district's whole agreement may end. A partner
    without an open stream gets no message, yet owes the receipt: it reads its retractions over the
    API."""
    rows = [_retraction(each, now) for each in lost]
    if listening and lost:
        events = [
            TakenBack(row.student_id, row.student_id, each.held.told, _event(row))
            for row, each in zip(rows, lost, strict=True)
        ]
        event_ids = await retract(session, partner_id, events, Terms(Purpose.SERVICE))
        for row, event_id in zip(rows, event_ids, strict=True):
            row.event_id = event_id
    session.add_all(rows)


def _retraction(lost: Lost, now: datetime) -> RetractionRow:
    held = lost.held
    return RetractionRow(
        partner_id=held.partner_id, student_id=held.student_id, source=held.source,
        own_id=held.own_id, categories=sorted(lost.categories), why=lost.why, retracted_at=now,
        receipt_due=rules.due(now), by_roster=lost.by_roster,
    )  # fmt: skip


def withdraw(
    session: AsyncSession, row: RetractionRow, held: HeldRow, now: datetime, *, listening: bool
) -> None:
    """The partner need not delete these categories any more, and is told so. It still has what it
    has read of them, which the next retraction covers."""
    row.withdrawn_at = now
    held.read = sorted({*held.read, *row.categories})
    if listening:
        held.told += 1
        event = RetractionWithdrawn(
            retraction_id=row.id, student_id=row.student_id, own_id=row.own_id,
            categories=list(map(Category, row.categories)), retracted_at=row.retracted_at,
            withdrawn_at=now,
        )  # fmt: skip
        child = row.student_id
        terms = Terms(Purpose.SERVICE)
        tell_partner(session, row.partner_id, child, child, held.told, event, terms)


def _event(row: RetractionRow) -> SharingRetracted:
    return SharingRetracted(
        retraction_id=row.id, student_id=row.student_id, own_id=row.own_id,
        categories=list(map(Category, row.categories)), why=Why(row.why),
        retracted_at=row.retracted_at, receipt_due=row.receipt_due,
    )  # fmt: skip


async def give_receipt(
    session: AsyncSession, caller: Principal, retraction_id: UUID, said: ReceiptDraft,
    now: datetime,
) -> RetractionRow:  # fmt: skip
    row = await queries.retraction_row(session, caller, retraction_id)

    # Also after a withdrawal: the partner may have deleted everything before it heard of that.
    rules.ensure_open(row.received_at)
    rules.ensure_whole(row.categories, said.categories)
    rules.ensure_done(said.deleted_at, row.retracted_at, now)

    row.received_at, row.received_by = now, caller.account_id
    row.deleted_at = said.deleted_at
    return row


async def correct_receipt(
    session: AsyncSession, caller: Principal, retraction_id: UUID, said: ReceiptCorrection,
    now: datetime,
) -> RetractionRow:  # fmt: skip
    """What the receipt said before stays readable beside it."""
    row = await queries.retraction_row(session, caller, retraction_id)

    rules.ensure_given(row.received_at)
    rules.ensure_correctable(len(row.earlier_receipts))
    rules.ensure_done(said.deleted_at, row.retracted_at, now)

    row.earlier_receipts = [*row.earlier_receipts, _said(row)]
    row.received_at, row.received_by = now, caller.account_id
    row.deleted_at = said.deleted_at
    return row


def _said(row: RetractionRow) -> dict[str, str]:
    return EarlierReceipt.model_validate(row).model_dump(mode="json")
