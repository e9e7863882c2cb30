"""Who has left, and what of them is due."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.lifecycle.erasures.records import ErasureRow
from services.students.lifecycle.retention.records import DepartureRow
from services.students.roster.students.records import StudentRow
from shared.contracts.students.erasure import DataClass
from shared.contracts.students.student import StudentStatus
from shared.core.days import beginning

D: Any = DepartureRow  # columns, where mypy would see values
S: Any = StudentRow
E: Any = ErasureRow


async def left(session: AsyncSession, before: date, after: UUID | None, most: int) -> list[Any]:
    """(student_id, left_on) of who left before that day, by id."""
    found = select(D.student_id, D.left_on).where(D.left_on <= before)
    if after is not None:
        found = found.where(D.student_id > after)
    return list(await session.execute(found.order_by(D.student_id).limit(most)))


async def gone_already(session: AsyncSession, student_id: UUID, since: date) -> set[DataClass]:
    """The classes that were erased since the child left."""
    found = select(E.classes).where(E.student_id == student_id, E.created_at >= beginning(since))
    lists = (await session.execute(found)).scalars()
    return {DataClass(name) for names in lists for name in names}


async def student_row(session: AsyncSession, student_id: UUID) -> StudentRow | None:
    """For change; null where the child is back, or gone."""
    found = select(S).where(S.id == student_id, S.status == StudentStatus.LEFT)
    row: StudentRow | None = (await session.execute(found.with_for_update())).scalar_one_or_none()
    return row
