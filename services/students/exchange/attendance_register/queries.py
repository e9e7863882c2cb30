"""What a register is checked against."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, any_, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.roster.people.records import PersonRow
from services.students.roster.students.records import StudentRow
from shared.security.principal import Principal

MOST_PROBLEMS = 1_000
DOUBLED = text("""
    select line from (
      select line, row_number() over (partition by student_id, held_on order by line) as place
      from staged_day) d
    where place > 1 order by line limit :most
""")
P: Any = PersonRow  # columns, where mypy would see values
S: Any = StudentRow


async def students_by_sourced_id(
    session: AsyncSession, caller: Principal, sourced_ids: Collection[str]
) -> dict[str, UUID]:
    """The children of the caller's own roster, by the ids it gives them."""
    found = (
        select(P.source_id, P.id)
        .join(S, S.id == P.id)
        .where(
            P.source == caller.partner_id,
            P.source_id == any_(literal(list(sourced_ids), ARRAY(String))),
        )
    )
    rows = await session.execute(found)
    return {row.source_id: row.id for row in rows}


async def doubled_lines(session: AsyncSession) -> list[int]:
    return list((await session.execute(DOUBLED, {"most": MOST_PROBLEMS})).scalars())
