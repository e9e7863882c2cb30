"""The effect of the merge so far."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.exchange.roster_effects import rules
from shared.contracts.imports import ImportEffect


async def effects(session: AsyncSession, source: UUID) -> list[ImportEffect]:
    """Compared with the records that were in force when they were noted."""
    found = await session.execute(text(rules.EFFECTS), {"source": source})
    return rules.effects(found.mappings())
