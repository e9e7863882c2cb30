"""Reading what happened of children."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.relations.queries import C, current
from services.students.roster.enrollments.records import EnrollmentRow
from services.students.sharing.child_events.records import ChildEventRow
from services.students.sharing.child_events.rules import Happening
from shared.contracts.students.access import Category

H: Any = ChildEventRow  # columns, where mypy would see values
E: Any = EnrollmentRow


async def in_classes(session: AsyncSession, class_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The students of today in each of these classes."""
    found = (
        select(E.class_id, E.person_id)
        .join(C, C.id == E.class_id)
        .where(E.class_id.in_(class_ids), E.role == "student", current(E))
        .order_by(E.class_id, E.person_id)
    )
    classes: dict[UUID, list[UUID]] = defaultdict(list)
    for class_id, student_id in await session.execute(found):
        classes[class_id].append(student_id)
    return classes


async def waiting(session: AsyncSession, most: int, resting: Collection[UUID]) -> list[Happening]:
    found = select(H).where(H.waiting).order_by(H.position).limit(most)
    if resting:
        found = found.where(H.student_id.not_in(resting))
    return [_kept(row) for row in (await session.execute(found)).scalars()]


async def history(
    session: AsyncSession, student_ids: Collection[UUID], also: Collection[int]
) -> dict[UUID, list[Happening]]:
    """What was kept of each child, the oldest first; of what still waits only the positions
    `also`."""
    found = (
        select(H)
        .where(H.student_id.in_(student_ids), or_(~H.waiting, H.position.in_(also)))
        .order_by(H.position)
    )
    kept: dict[UUID, list[Happening]] = defaultdict(list)
    for row in (await session.execute(found)).scalars():
        kept[row.student_id].append(_kept(row))
    return kept


def _kept(row: Any) -> Happening:
    return Happening(
        row.position, row.event_id, row.type, Category(row.category), row.student_id,
        row.partner_id, row.aggregate_id, row.time,
    )  # fmt: skip
