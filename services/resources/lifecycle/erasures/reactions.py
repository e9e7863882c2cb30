"""The reaction of resources to the erasure of a child."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.assignment.assignments import actions as assignments
from services.resources.assignment.uses import actions as uses
from shared.contracts.resources.erasure import ChildErased
from shared.contracts.students.erasure import DataClass, StudentErased
from shared.events.erasure import confirm
from shared.events.inbox import Reaction


async def erase(session: AsyncSession, erased: Sequence[StudentErased]) -> None:
    """Deletes the child's assignments, completions and use, and announces that it did."""
    for event in erased:
        rows = 0
        if DataClass.ASSIGNMENTS in event.classes:
            rows = await uses.forget(session, event.student_id)
            rows += await assignments.forget(session, event.student_id)
        await confirm(session, ChildErased, event, rows)


REACTIONS = [Reaction(StudentErased, erase)]
