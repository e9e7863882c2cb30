"""Reading the children who have left, and the classes that were erased already."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.same_child.queries import here_elsewhere
from services.students.lifecycle.erasures.records import erasure
from services.students.lifecycle.retention.records import departure
from services.students.roster.students.records import StudentRow, student
from shared.contracts.students.erasure import DataClass
from shared.contracts.students.student import StudentStatus
from shared.core.days import beginning


async def left(session: AsyncSession, before: date, after: UUID | None, most: int) -> list[Any]:
    """(student_id, left_on) of the children who left on or before that day, by id."""
    found = select(departure.student_id, departure.left_on).where(departure.left_on <= before)
    if after is not None:
        found = found.where(departure.student_id > after)
    return list(await session.execute(found.order_by(departure.student_id).limit(most)))


async def gone_already(session: AsyncSession, student_id: UUID, since: date) -> set[DataClass]:
    """The classes that were erased since the child left."""
    found = select(erasure.classes).where(
        erasure.student_id == student_id, erasure.created_at >= beginning(since)
    )
    lists = (await session.execute(found)).scalars()
    return {DataClass(name) for names in lists for name in names}


async def student_row(session: AsyncSession, student_id: UUID) -> StudentRow | None:
    """The child for change; None where it has come back, also by another record, or was
    erased."""
    found = select(StudentRow).where(
        student.id == student_id, student.status == StudentStatus.LEFT, ~here_elsewhere(student)
    )
    row: StudentRow | None = (await session.execute(found.with_for_update())).scalar_one_or_none()
    return row
