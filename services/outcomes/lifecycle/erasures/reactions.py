"""The reaction of outcomes to the erasure of a child."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.observations.child_measures import actions as child_measures
from shared.contracts.outcomes.erasure import ChildErased
from shared.contracts.students.erasure import DataClass, StudentErased
from shared.events.erasure import confirm
from shared.events.inbox import Reaction


async def erase(session: AsyncSession, erased: Sequence[StudentErased]) -> None:
    """Deletes the child's measures, and announces that it did."""
    for event in erased:
        rows = 0
        if DataClass.MEASURES in event.classes:
            rows = await child_measures.forget(session, event.student_id)
        await confirm(session, ChildErased, event, rows)


REACTIONS = [Reaction(StudentErased, erase)]
