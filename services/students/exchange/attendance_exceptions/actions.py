"""Filling in the days of a register that holds exceptions alone."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.exchange.attendance_exceptions import queries, rules
from services.students.participation.attendance import actions as attendance
from shared.contracts.imports import PartEffect


async def fill(session: AsyncSession, today: date) -> list[PartEffect]:
    """Adds to `placed_day` the days attended that a register by exceptions does not write, and locks
    their totals: a roll that is called meanwhile is not overwritten. Gives their number by school, and
    whether the school is recognized only now, which needs a confirmation."""
    await session.execute(text(rules.KEEP_SPARSE))
    if not (await session.execute(text(rules.CONCERNED))).scalar_one():
        return []
    await session.execute(text(rules.BY_CHILD))
    await session.execute(text(rules.EXPECTED), {"today": today})
    first = set((await session.execute(text(rules.RECOGNIZE))).scalars())
    await session.execute(text(rules.FILL))
    await attendance.lock(session, "placed_day", {})
    await session.execute(text(rules.GIVE_WAY))
    return await queries.filled(session, first)
