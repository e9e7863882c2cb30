"""What a register that holds hardly any attendance fills in, and what it leaves open."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.exchange.attendance_exceptions import rules
from shared.contracts.imports import PartEffect


async def filled(session: AsyncSession, first: Collection[UUID]) -> list[PartEffect]:
    """The days filled in, by school. `first`: the schools that have none of this school year yet,
    and need a confirmation."""
    found = await session.execute(text(rules.FILLED), {"first": list(first)})
    return [PartEffect.model_validate(row) for row in found.mappings()]


async def sparse_lines(session: AsyncSession, most: int) -> list[int]:
    """The first line of each child's year that holds hardly any attendance, in a file that holds
    hardly any of its school."""
    return list((await session.execute(text(rules.SPARSE_LINES), {"most": most})).scalars())


async def open_lines(session: AsyncSession) -> list[int]:
    """The first line of each school whose register may be one by exceptions, but is not recognized:
    its days without a line stay without a mark."""
    return list((await session.execute(text(rules.OPEN_LINES))).scalars())
