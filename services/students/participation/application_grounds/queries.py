"""The facts about a child as they are for the partner of a program."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.facts.queries import facts
from services.students.access.policy.rules import partner_viewer
from services.students.access.relations.queries import of_district
from services.students.access.relations.rules import Facts
from shared.persistence.queries import unknown


async def facts_for(session: AsyncSession, partner_id: UUID, student_id: UUID) -> Facts:
    found = await facts(session, partner_viewer(partner_id, partner_id), student_id)
    if found is None:
        raise unknown("student")
    return found


async def is_of_keeper(session: AsyncSession, partner_id: UUID, student_id: UUID) -> bool:
    """Whether the partner is the district that keeps the child's record, or one of its schools."""
    kept = select(of_district(student_id, partner_id))
    return bool((await session.execute(kept)).scalar_one())
