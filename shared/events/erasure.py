"""Removes an erased child's data from a service's events and answers, and confirms the erasure.

The confirmation is announced in the transaction of the removal. The relay removes the child's
events from the stream before it publishes the confirmation, so that a service which receives it
knows that both are done.
"""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from shared.contracts.students.erasure import DataClass, StudentErased
from shared.core.refusals import Forbidden
from shared.events.outbox import announce
from shared.persistence.records import Record

E = TypeVar("E", bound=Any)
FORGET_EVENTS = text("""
    delete from outbox where aggregate_id = :id or data like '%' || :told || '%'
    returning type, aggregate_id
""")
FORGET_PARKED = text("""
    delete from dead_letter where aggregate_id = :id
      or body like '%' || :told || '%'
""")
FORGET_ANSWERS = text("""
    delete from idempotency where position(convert_to(:told, 'UTF8') in body) > 0
""")


class ErasedChildRow(Record, table=True):
    """An erasure that this service has carried out; `id` is the erasure's. Of a child erased as a
    whole nothing is kept any more, even where a late event or a grant of the last minute would
    bring it back."""

    __tablename__ = "erased_child"

    student_id: UUID = Field(index=True)
    whole: bool
    rows: int


erased_child: Any = ErasedChildRow


async def forget(session: AsyncSession, student_id: UUID) -> list[str]:
    """Removes the events, parked events and stored answers that name the child. Returns the
    subjects to purge."""
    named = {"id": student_id, "told": str(student_id)}
    events = await session.execute(FORGET_EVENTS, named)
    subjects = sorted({f"{row.type}.{row.aggregate_id}" for row in events})
    await session.execute(FORGET_PARKED, named)
    await session.execute(FORGET_ANSWERS, {"told": str(student_id)})
    return subjects


async def confirm(session: AsyncSession, kind: Any, erased: StudentErased, rows: int) -> None:
    """Records that the service has erased the child's data, and announces it. `kind`: the
    service's own `ChildErased`. `rows`: how many rows it removed."""
    whole = DataClass.ROSTER in erased.classes
    row = ErasedChildRow(
        id=erased.erasure_id, student_id=erased.student_id, whole=whole, rows=rows
    )
    subjects = await forget(session, erased.student_id) if whole else []
    event = kind(erasure_id=erased.erasure_id, student_id=erased.student_id, rows=rows)
    announce(session, row, event, purges=subjects)


async def erased_of(session: AsyncSession, student_ids: Collection[UUID]) -> set[UUID]:
    """Those of these children who are erased as a whole."""
    found = select(erased_child.student_id).where(
        erased_child.student_id.in_(student_ids), erased_child.whole
    )
    return set((await session.execute(found)).scalars())


async def ensure_kept(session: AsyncSession, student_id: UUID | None) -> None:
    """Raises `grant-refused` (403) for an erased child, whom a grant of the last minute may still
    name."""
    if student_id is not None and await erased_of(session, [student_id]):
        raise Forbidden("grant-refused", "You may not have this part of the child's record.")


async def of_kept(session: AsyncSession, events: Sequence[E]) -> list[E]:
    """The events without those about erased children, since an event may come late."""
    gone = await erased_of(session, {event.student_id for event in events})
    return [event for event in events if event.student_id not in gone]
