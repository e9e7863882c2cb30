"""Noting the records in force before a merge, in a temporary table of the import's own."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.exchange.roster_effects import rules


async def note(session: AsyncSession, source: UUID) -> None:
    """The table ends with the transaction."""
    await session.execute(text(rules.NOTE), {"source": source})
    await session.execute(text("analyze in_force"))
