"""Reading the events about children."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.relations.queries import current, lesson
from services.students.roster.enrollments.records import enrollment
from services.students.sharing.child_events.records import ChildEventRow, child_event
from services.students.sharing.child_events.rules import Happening
from shared.contracts.students.access import Category


async def in_classes(session: AsyncSession, class_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The students of each of these classes, as of today."""
    found = (
        select(enrollment.class_id, enrollment.person_id)
        .join(lesson, lesson.id == enrollment.class_id)
        .where(
            enrollment.class_id.in_(class_ids), enrollment.role == "student", current(enrollment)
        )
        .order_by(enrollment.class_id, enrollment.person_id)
    )
    classes: dict[UUID, list[UUID]] = defaultdict(list)
    for class_id, student_id in await session.execute(found):
        classes[class_id].append(student_id)
    return classes


async def waiting(session: AsyncSession, most: int, resting: Collection[UUID]) -> list[Happening]:
    found = (
        select(ChildEventRow).where(child_event.waiting).order_by(child_event.position).limit(most)
    )
    if resting:
        found = found.where(child_event.student_id.not_in(resting))
    return [_kept(row) for row in (await session.execute(found)).scalars()]


async def history(
    session: AsyncSession, student_ids: Collection[UUID], also: Collection[int]
) -> dict[UUID, list[Happening]]:
    """The events kept of each child, the oldest first. Of those that still wait, only the positions
    `also`."""
    found = (
        select(ChildEventRow)
        .where(
            child_event.student_id.in_(student_ids),
            or_(~child_event.waiting, child_event.position.in_(also)),
        )
        .order_by(child_event.position)
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
