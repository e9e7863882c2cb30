"""Keeping the events about children, and deleting them again."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.sharing.child_events import queries, rules
from services.students.sharing.child_events.records import child_event
from services.students.sharing.decisions.queries import held_of
from services.students.sharing.subscribers.queries import anybody_listens
from shared.contracts.students.access import EVENT_CATEGORIES, Category
from shared.events.inbox import Heard
from shared.persistence.database import ANNOUNCED

PRUNED_ROWS = 20_000
DONE = text("update child_event set waiting = false where position = any(:positions)")
PRUNE = text("""
    delete from child_event where position in (
      select position from child_event
      where time < now() - make_interval(days => :days) and not waiting limit :most)
""")

LET_KEEPERS_END = text("lock table child_event in share mode")


async def keep(session: AsyncSession, heard: Sequence[Heard]) -> None:
    """Keep a row for each event and child. While no partner listens, an event waits for a decision
    only where a partner holds something about the child, which the event may end."""
    listened = await anybody_listens(session)
    to_class = {
        each.event.class_id
        for each in heard
        if each.event.student_id is None and getattr(each.event, "class_id", None) is not None
    }
    classes = await queries.in_classes(session, to_class) if to_class else {}
    rows = [
        {
            "event_id": each.id, "type": each.event.type, "student_id": student_id,
            "category": EVENT_CATEGORIES[each.event.type],
            "partner_id": rules.whose(each.event), "aggregate_id": each.aggregate_id,
            "time": each.time,
        }
        for each in heard
        for student_id in rules.children(each.event, classes)
    ]  # fmt: skip
    if rows:
        held = set() if listened else await held_of(session, {row["student_id"] for row in rows})
        for row in rows:
            row["waiting"] = listened or row["student_id"] in held
        await session.execute(insert(child_event).on_conflict_do_nothing(), rows)
        session.info[ANNOUNCED] = listened or bool(held) or session.info.get(ANNOUNCED, False)


async def let_keepers_end(session: AsyncSession) -> None:
    """Wait for the transactions that keep an event at this moment: they have not seen the new
    listener. The re-evaluation after this finds their events and repeats them."""
    await session.execute(LET_KEEPERS_END)


async def done(session: AsyncSession, positions: Collection[int]) -> None:
    if positions:
        await session.execute(DONE, {"positions": list(positions)})


async def forget(
    session: AsyncSession, student_id: UUID, categories: Collection[Category]
) -> None:
    """Delete the history of erased records, so that no message repeats it."""
    await session.execute(
        delete(child_event).where(
            child_event.student_id == student_id, child_event.category.in_(categories)
        )
    )


async def prune(session: AsyncSession, days: int) -> None:
    await session.execute(PRUNE, {"days": days, "most": PRUNED_ROWS})
