"""What a register is checked against."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, String, any_, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.roster.people.records import person
from services.students.roster.school_calendar.rules import CALENDARS, IS_SCHOOL_DAY
from services.students.roster.schools.records import org
from services.students.roster.students.records import student
from shared.contracts.students.attendance import AttendanceCategory

MOST_PROBLEMS = 1_000
DOUBLED = text("""
    select line from (
      select line, row_number() over (partition by student_id, held_on, school_id order by line)
        as place
      from placed_day) d
    where place > 1 order by line limit :most
""")
OFF = text(f"""
    with calendar as materialized ({CALENDARS})
    select d.line from placed_day d join student s on s.id = d.student_id
    join calendar c on c.source = s.source and c.school_id = d.school_id
      and c.school_year = extract(year from d.held_on + interval '6 months')::int
    where not {IS_SCHOOL_DAY.format(day="d.held_on")} order by line limit :most
""")
# A line without the part that was attended keeps the one that the mark has.
WHOLE = text(f"""
    select line from placed_day d
    where d.category = '{AttendanceCategory.PARTIAL}' and d.hundredths is null
      and not exists (select from attendance_mark m where m.student_id = d.student_id
        and m.held_on = d.held_on and m.school_id = d.school_id and m.category = d.category
        and m.hundredths is not null)
    order by line
""")
AMBIGUOUS = text("select line from placed_day where ambiguous order by line limit :most")

KNOWN = text("""
    select count(*) from placed_day join attendance_mark using (student_id, held_on, school_id)
""")


async def students_by_sourced_id(
    session: AsyncSession, source: UUID, sourced_ids: Collection[str]
) -> dict[str, UUID]:
    """The children of the district's roster, by the ids it gives them."""
    found = select(person.source_id, person.id).join(student, student.id == person.id)
    return await _by_id(session, _own(found, person, source, sourced_ids))


async def schools_by_sourced_id(
    session: AsyncSession, source: UUID, sourced_ids: Collection[str]
) -> dict[str, UUID]:
    found = select(org.source_id, org.id)
    return await _by_id(session, _own(found, org, source, sourced_ids))


def _own(found: Select[Any], of: Any, source: UUID, sourced_ids: Collection[str]) -> Select[Any]:
    named = of.source_id == any_(literal(list(sourced_ids), ARRAY(String)))
    return found.where(of.source == source, named)


async def _by_id(session: AsyncSession, found: Select[Any]) -> dict[str, UUID]:
    return {row.source_id: row.id for row in await session.execute(found)}


async def off_lines(session: AsyncSession) -> list[int]:
    """The lines of days on which there was no school."""
    return list((await session.execute(OFF, {"most": MOST_PROBLEMS})).scalars())


async def whole_lines(session: AsyncSession) -> list[int]:
    """The lines of partial days that count as whole ones."""
    return list((await session.execute(WHOLE)).scalars())


async def doubled_lines(session: AsyncSession) -> list[int]:
    return list((await session.execute(DOUBLED, {"most": MOST_PROBLEMS})).scalars())


async def known_days(session: AsyncSession) -> int:
    """How many of the placed days are known already."""
    return int((await session.execute(KNOWN)).scalar_one())


async def ambiguous_lines(session: AsyncSession) -> list[int]:
    """The lines without a school of days on which several schools have a mark."""
    return list((await session.execute(AMBIGUOUS, {"most": MOST_PROBLEMS})).scalars())
