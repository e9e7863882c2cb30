"""Giving the programs that a child could join. They reveal the child's age: the release is written
down."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.facts.queries import facts
from services.students.access.policy import queries as access
from services.students.participation.eligible_programs import queries
from shared.contracts.students.access import Category
from shared.contracts.students.opportunity import Opportunities
from shared.security.principal import Principal

DISCLOSED = (Category.IDENTITY, Category.DEMOGRAPHICS)


async def disclose_opportunities(
    session: AsyncSession, caller: Principal, student_id: UUID
) -> Opportunities:
    child = await facts(session, caller, student_id)
    decision = access.decided(caller, student_id, child, Category.IDENTITY)
    disclosures.release(session, caller, student_id, decision, DISCLOSED)
    if child is None:
        raise AssertionError("decided of a child that is none")
    born = child.born_on if Category.DEMOGRAPHICS in decision.released else None
    grade = child.grade if Category.IDENTITY in decision.released else None
    return await queries.opportunities(session, student_id, born, grade, child.today)
