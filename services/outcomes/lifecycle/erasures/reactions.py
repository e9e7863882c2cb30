"""What outcomes does when a child is erased."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.outcomes.erasure import ChildErased
from shared.contracts.students.erasure import DataClass, StudentErased
from shared.events.erasure import confirm
from shared.events.inbox import Reaction

# What was added up over many children stays: nobody is in it any more.
REMOVE = text("""
    with attended as (
      delete from attendance_measure where student_id = :id returning 1
    ), supported as (
      delete from dosage_measure where student_id = :id returning 1
    ), measured as (
      delete from measured_student where student_id = :id returning 1
    )
    select (select count(*) from attended) + (select count(*) from supported)
      + (select count(*) from measured)
""")


async def erase(session: AsyncSession, erased: Sequence[StudentErased]) -> None:
    """Removes the child's measures, and confirms."""
    for event in erased:
        rows = 0
        if DataClass.MEASURES in event.classes:
            removed = await session.execute(REMOVE, {"id": event.student_id})
            rows = int(removed.scalar_one())
        await confirm(session, ChildErased, event, rows)


REACTIONS = [Reaction(StudentErased, erase)]
