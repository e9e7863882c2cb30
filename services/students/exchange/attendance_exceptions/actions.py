"""Filling in the days of a register that holds exceptions alone."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.exchange.attendance_exceptions import rules
from services.students.participation.attendance import actions as attendance


async def fill(session: AsyncSession, today: date) -> int:
    """Adds to `placed_day` the days attended that a register by exceptions does not write, and locks
    their totals: a roll that is called meanwhile is not overwritten. Gives their number."""
    await session.execute(text(rules.KEEP_SPARSE))
    if not (await session.execute(text(rules.CONCERNED))).scalar_one():
        return 0
    await session.execute(text(rules.BY_CHILD))
    await session.execute(text(rules.EXPECTED), {"today": today})
    await session.execute(text(rules.RECOGNIZE))
    filled = await session.execute(text(rules.FILL))
    await attendance.lock(session, "placed_day", {})
    marked = await session.execute(text(rules.GIVE_WAY))
    return int(filled.rowcount - marked.rowcount)  # type: ignore[attr-defined]


async def sparse_lines(session: AsyncSession, most: int) -> list[int]:
    """The first line of each child's year that holds hardly any attendance, in a file that holds
    hardly any of its school."""
    return list((await session.execute(text(rules.SPARSE_LINES), {"most": most})).scalars())
