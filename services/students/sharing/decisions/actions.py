"""Decides, tells and takes back: one transaction for a batch of children.

First each child's turn is taken, and its consents are held as they are; what is read then, holds
when this commits. So of a revocation and an event that meet, one is decided after the other.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.facts import queries as facts
from services.students.access.reevaluations import actions as reviews
from services.students.access.reevaluations import queries as asked
from services.students.access.reevaluations.rules import Rank
from services.students.sharing.child_events import actions as child_events
from services.students.sharing.child_events import queries as kept
from services.students.sharing.decisions import queries, rules
from services.students.sharing.decisions.queries import Listener
from services.students.sharing.decisions.records import HeldRow
from services.students.sharing.decisions.rules import Change, Held
from services.students.sharing.publishing.actions import Child, tell_children, withhold
from services.students.sharing.publishing.rules import Batch
from shared.contracts.students.access import Category
from shared.events.partner_outbox import in_turn

EVENTS, REVIEWS = 200, 100  # of a batch
COUNT = text("""
    insert into sharing_count (partner_id, category, clause, count)
    select * from unnest(cast(:partners as uuid[]), cast(:categories as text[]),
                         cast(:clauses as text[]), cast(:counts as bigint[]))
    on conflict (partner_id, category, clause)
    do update set count = sharing_count.count + excluded.count
""")


async def waiting_children(session: AsyncSession, resting: Collection[UUID]) -> set[UUID]:
    """Those of the next batch."""
    return (await _next(session, resting)).children


async def share(
    session: AsyncSession, resting: Collection[UUID] = (), only: UUID | None = None
) -> set[UUID]:
    """One batch, or, of it, `only` one child's part; gives the children it was about."""
    batch = await _next(session, resting)
    if only is not None:
        batch = batch.part(only)
    if batch.children:
        await in_turn(session, batch.children)
        concerned = await queries.concerned(session, batch.children)
        for listener, student_ids in concerned.items():
            await _with(session, listener, student_ids & batch.of(listener.partner_id), batch)
        await child_events.done(session, batch.positions)
        await reviews.done(session, [review.position for review in batch.asked])
        await _count(session, batch)
    return batch.children


async def _next(session: AsyncSession, resting: Collection[UUID]) -> Batch:
    """A family's word goes first and alone: whatever waits, it is heard within one batch."""
    urgent = await asked.waiting(session, REVIEWS, resting, Rank.ONE_CHILD)
    if urgent:
        return Batch([], urgent)
    events = await kept.waiting(session, EVENTS, resting)
    return Batch(events, await asked.waiting(session, REVIEWS, resting))


async def _with(
    session: AsyncSession, listener: Listener, student_ids: set[UUID], batch: Batch
) -> None:
    if not student_ids:
        return
    partner_id = listener.partner_id
    asking = rules.viewer(partner_id, listener.stream_id)
    known = await facts.facts_of_many(session, asking, student_ids)
    rows = await queries.held_rows(session, partner_id, student_ids)
    own_ids = await queries.own_ids(session, partner_id, student_ids)
    read = [row.student_id for row in rows.values() if row.read]
    emergencies = await queries.in_emergency(session, partner_id, read) if read else set()
    children: list[tuple[Child, Change]] = []
    for student_id in sorted(student_ids):
        about = known.get(student_id)
        found = rules.openings(partner_id, listener.stream_id, about)
        row = rows.get(student_id)
        if row is None:
            if not listener.listening or about is None or not found.open:
                withhold(batch, partner_id, student_id, found)
                continue
            [source] = about.sources
            row = HeldRow(partner_id=partner_id, student_id=student_id, source=source)
        row.own_id = own_ids.get(student_id, row.own_id)
        change = rules.change(
            _held(row), found,
            destroyed=about is None, in_emergency=student_id in emergencies,
        )  # fmt: skip
        children.append((Child(listener, row, found, about), change))
    replaying = [
        child.row.student_id
        for child, change in children
        if change.replayed and listener.listening
    ]
    history = await kept.history(session, replaying, batch.positions) if replaying else {}
    await tell_children(session, listener, children, history, batch)


def _held(row: HeldRow) -> Held:
    return Held(
        _of(row.categories), _of(row.own), row.anew, _of(row.gone), _of(row.read),
        _of(row.read_own),
    )  # fmt: skip


def _of(names: Collection[str]) -> frozenset[Category]:
    return frozenset(map(Category, names))


async def _count(session: AsyncSession, batch: Batch) -> None:
    if batch.counts:
        counted: list[tuple[Any, int]] = sorted(batch.counts.items())
        await session.execute(
            COUNT,
            {
                "partners": [key[0] for key, _ in counted],
                "categories": [key[1] for key, _ in counted],
                "clauses": [key[2] for key, _ in counted],
                "counts": [count for _, count in counted],
            },
        )
