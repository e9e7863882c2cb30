"""What resources does when a child is erased."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.resources.erasure import ChildErased
from shared.contracts.students.erasure import DataClass, StudentErased
from shared.events.erasure import confirm
from shared.events.inbox import Reaction

# What was assigned to a class stays, without what this child did with it.
REMOVE = text("""
    with used as (
      delete from resource_use where student_id = :id returning 1
    ), finished as (
      delete from completion where student_id = :id returning 1
    )
    select (select count(*) from used) + (select count(*) from finished)
""")
REMOVE_OWN = text("delete from assignment where student_id = :id returning 1")


async def erase(session: AsyncSession, erased: Sequence[StudentErased]) -> None:
    """Removes what the child was given, finished and used, and confirms."""
    for event in erased:
        rows = 0
        if DataClass.ASSIGNMENTS in event.classes:
            child = {"id": event.student_id}
            rows = int((await session.execute(REMOVE, child)).scalar_one())
            rows += len((await session.execute(REMOVE_OWN, child)).all())
        await confirm(session, ChildErased, event, rows)


REACTIONS = [Reaction(StudentErased, erase)]
