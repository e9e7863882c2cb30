"""Recording marks of school days, and counting their totals.

Every writer first locks the totals of its students and school years, in one order. So one
transaction at a time counts them, and two writers never deadlock.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.policy import queries as access
from services.students.participation.attendance import queries, rules
from services.students.roster.school_calendar.rules import school_year
from shared.contracts.outcomes.measure import MeasureChanged
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import (
    Attendance,
    AttendanceCounted,
    AttendanceDay,
)
from shared.contracts.students.calendar import CalendarChanged
from shared.contracts.students.school import NO_SCHOOL
from shared.core.settings import Settings
from shared.events.outbox import announce_many
from shared.http.paging import Page, PageRequest
from shared.persistence.alone import settle_for_ever
from shared.persistence.database import Database
from shared.security.principal import Principal

RECOUNTED = 500
PAUSE_SECONDS = 30
RECORD = """
    insert into attendance_mark as m (student_id, held_on, school_id, category, hundredths)
    select student_id, held_on, school_id, category, hundredths from {given} g
    order by student_id, held_on, school_id
    on conflict (student_id, held_on, school_id) do update
      set category = excluded.category, hundredths = excluded.hundredths
      where m.category <> excluded.category
        or m.hundredths is distinct from coalesce(excluded.hundredths, m.hundredths)
"""
TAKE_BACK = """
    delete from attendance_mark
    where student_id = :student_id and held_on = :day and school_id = :school_id
"""
# A mark without a school stands for the day until a school has one of its own.
SUPERSEDED = """
    delete from attendance_mark m using {given} g
    where m.student_id = g.student_id and m.held_on = g.held_on and m.school_id = :no_school
      and exists (select from attendance_mark k where k.student_id = m.student_id
        and k.held_on = m.held_on and k.school_id <> :no_school)
"""


async def disclose_attendance(
    session: AsyncSession, caller: Principal, found: Page[Attendance]
) -> Page[Attendance]:
    """The page with the children's names, after writing down the release of each child."""
    return await disclosures.named(session, caller, found, [Category.ATTENDANCE])


async def disclose_days(
    session: AsyncSession, caller: Principal, paging: PageRequest, student_id: UUID,
    first: date | None, last: date | None,
) -> Page[AttendanceDay]:  # fmt: skip
    """A child's days, after writing down the release."""
    decision = await access.decision(session, caller, student_id, Category.ATTENDANCE)
    disclosures.release(session, caller, student_id, decision, [Category.ATTENDANCE])
    return await queries.days(session, paging, student_id, first, last)


async def take_back(
    session: AsyncSession, caller: Principal, student_id: UUID, day: date, school_id: UUID | None
) -> None:
    """Delete the mark of a day at a school, and count its year again."""
    await access.decision(session, caller, student_id, Category.ATTENDANCE)
    years = {"students": [student_id], "years": [school_year(day)]}
    await session.execute(text(rules.LOCK.format(years=rules.YEARS_GIVEN)), years)
    marked = await queries.schools_marked(session, student_id, day)

    school = rules.marked_school(marked, school_id)
    own = await queries.may_mark_at(session, caller, student_id, school)
    rules.ensure_may_mark(at_school=own)

    mark = {"student_id": student_id, "day": day, "school_id": school}
    await session.execute(text(TAKE_BACK), mark)

    await _count(session, rules.YEARS_GIVEN, years)


async def record(session: AsyncSession, given: str, values: dict[str, Any]) -> int:
    """Record the marks of `given`, a table or a select of `student_id`, `held_on`, `school_id`
    (`NO_SCHOOL` where it is not known), `category` and `hundredths`. Counts the totals anew,
    announces each that changed, and gives the number of changed marks. A mark that is sent again
    without `hundredths` keeps those it has.
    """
    years = await lock(session, given, values)
    recorded = await session.execute(text(RECORD.format(given=given)), values)
    superseded = text(SUPERSEDED.format(given=given))
    await session.execute(superseded, values | {"no_school": NO_SCHOOL})
    await _count(session, years, values)
    return int(recorded.rowcount)  # type: ignore[attr-defined]


async def lock(session: AsyncSession, given: str, values: dict[str, Any]) -> str:
    """Lock the totals of the marks of `given`, as of `record`: until the transaction ends nobody else
    marks these children in these school years. Gives the years, as SQL."""
    years = rules.YEARS_OF_MARKS.format(given=given)
    await session.execute(text(rules.PREPARE.format(years=years)), values)
    await session.execute(text(rules.LOCK.format(years=years)), values)
    return years


async def _count(session: AsyncSession, years: str, values: dict[str, Any]) -> None:
    """Count the totals of `years` from their marks, and announce each that changed."""
    counted = await session.execute(text(rules.COUNT.format(years=years)), values)
    changed = list(counted.scalars())
    if changed:
        await announce_many(session, AttendanceCounted, rules.COUNTED, {"ids": changed})


async def announce_again(session: AsyncSession, changed: Sequence[MeasureChanged]) -> None:
    """Have the years announced again of which outcomes does not know the days of each school."""
    wanted = [event for event in changed if not event.divided and event.school_year is not None]
    if wanted:
        years = {"students": [event.student_id for event in wanted],
                 "years": [event.school_year for event in wanted]}  # fmt: skip
        await session.execute(text(rules.ANNOUNCE_AGAIN), years)


async def count_again(session: AsyncSession, changed: Sequence[CalendarChanged]) -> None:
    """Have the years counted again whose calendar has changed."""
    for source, year in sorted({(event.source, event.school_year) for event in changed}):
        await stale(session, source, year)


async def stale(session: AsyncSession, source: UUID, year: int) -> None:
    """Have the district's totals of this school year counted again."""
    await session.execute(text(rules.STALE_NOW), {"source": source, "year": year})


async def recount_for_ever(database: Database, _: Settings) -> None:
    """Count again the totals that are to be counted again, without end."""
    await settle_for_ever(database, "attendance", partial(recount, database), PAUSE_SECONDS)


async def recount(database: Database) -> int:
    """Count some of the totals that are to be counted again. Gives their number."""
    async with database.transaction() as session:
        stale = (await session.execute(text(rules.STALE), {"most": RECOUNTED})).all()
        if stale:
            values = {"students": [row[0] for row in stale], "years": [row[1] for row in stale]}
            await session.execute(text(rules.LOCK.format(years=rules.YEARS_GIVEN)), values)
            await _count(session, rules.YEARS_GIVEN, values)
    return len(stale)
