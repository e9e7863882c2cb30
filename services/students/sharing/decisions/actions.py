"""Deciding for a batch of children, in one transaction: the messages to publish, and the retractions.

The transaction first takes each child's turn and locks its consents. What it reads after that still
holds when it commits. Of a revocation and an event at the same moment, one is decided after the
other.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.facts import queries as facts
from services.students.access.policy.rules import partner_viewer
from services.students.access.reevaluations import actions as reevaluations
from services.students.access.reevaluations import queries as asked
from services.students.access.reevaluations.rules import Rank
from services.students.sharing.child_events import actions as child_events
from services.students.sharing.child_events import queries as kept
from services.students.sharing.decisions import queries, rules
from services.students.sharing.decisions.queries import Listener
from services.students.sharing.decisions.records import HeldRow
from services.students.sharing.decisions.rules import Change, Held
from services.students.sharing.publishing.actions import Child, disclose_children, withhold
from services.students.sharing.publishing.rules import Batch
from services.students.sharing.retractions import queries as retractions
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

ANEW = text("update held set anew = true where partner_id = :partner")
GONE = text("""
    update held set gone = gone || cast(:categories as varchar[])
    where student_id = :student
      and (categories || own || read || read_own) && cast(:categories as varchar[])
""")


async def waiting_children(session: AsyncSession, resting: Collection[UUID]) -> set[UUID]:
    """The children of the next batch."""
    return (await _next(session, resting)).children


async def share(
    session: AsyncSession, resting: Collection[UUID] = (), only: UUID | None = None
) -> set[UUID]:
    """Carry out the next batch, or only the part of the child `only`. Gives the children that it was
    about."""
    batch = await _next(session, resting)
    if only is not None:
        batch = batch.part(only)
    if batch.children:
        await in_turn(session, batch.children)
        concerned = await queries.concerned(session, batch.children)
        for listener, student_ids in concerned.items():
            await _with(session, listener, student_ids & batch.of(listener.partner_id), batch)
        await child_events.done(session, batch.positions)
        await reevaluations.done(session, [review.position for review in batch.asked])
        await _count(session, batch)
    return batch.children


async def begin_anew(session: AsyncSession, partner_id: UUID) -> None:
    """Ask for a full repetition: the partner gets messages about all its open parts again."""
    await session.execute(ANEW, {"partner": partner_id})
    await reevaluations.review_known(session, partner_id)


async def records_gone(
    session: AsyncSession, student_id: UUID, categories: Collection[Category]
) -> None:
    """Ask that each partner that holds these parts of the child's record delete them."""
    await session.execute(GONE, {"student": student_id, "categories": sorted(categories)})
    await reevaluations.review_children(session, [student_id])


async def _next(session: AsyncSession, resting: Collection[UUID]) -> Batch:
    """The next batch. The re-evaluations after one family's decision go first and alone: they wait
    for one batch at most."""
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
    asking = partner_viewer(partner_id, listener.stream_id)
    known = await facts.facts_of_many(session, asking, student_ids)
    rows = await queries.held_rows(session, partner_id, student_ids)
    own_ids = await queries.own_ids(session, partner_id, student_ids)
    read = [row.student_id for row in rows.values() if row.read]
    emergencies = await queries.in_emergency(session, partner_id, read) if read else set()
    asked = await retractions.withdrawable(session, partner_id, student_ids)
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
        undone = [
            each
            for each in asked
            if each.student_id == student_id and _of(each.categories) <= found.categories
        ]
        children.append((Child(listener, row, found, about, undone), change))
    replaying = [
        child.row.student_id
        for child, change in children
        if change.replayed and listener.listening
    ]
    history = await kept.history(session, replaying, batch.positions) if replaying else {}
    await disclose_children(session, listener, children, history, batch)


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
