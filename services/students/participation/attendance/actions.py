"""Records days of school attendance and keeps their totals.

Every writer first locks the totals of the students and school years it touches, in one order, so
that totals are counted by one at a time and two writers never deadlock.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.policy import queries as access
from services.students.participation.attendance import queries, rules
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import (
    Attendance,
    AttendanceCounted,
    AttendanceDay,
    RollCall,
    RollCalled,
)
from shared.events.outbox import announce_many
from shared.http.paging import Page, PageRequest
from shared.security.principal import Principal

ROLL = """
    (select unnest(cast(:students as uuid[])) as student_id, cast(:held_on as date) as held_on,
            unnest(cast(:categories as text[])) as category, cast(:school_id as uuid) as school_id)
"""
# 1 July and half a year is 1 January: the year in which the school year ends.
YEARS = """
    (select distinct student_id,
            extract(year from held_on + interval '6 months')::int as school_year from {given} g)
"""
PREPARE = """
    insert into attendance_total
      (id, version, created_at, updated_at, student_id, school_year, days_enrolled, days_attended,
       days_excused, days_tardy, as_of)
    select gen_random_uuid(), 0, now(), now(), student_id, school_year, 0, 0, 0, 0, 'epoch'
    from {years} y order by student_id, school_year
    on conflict (student_id, school_year) do nothing
"""
LOCK = """
    select t.id from attendance_total t join {years} y using (student_id, school_year)
    order by t.student_id, t.school_year for update of t
"""
RECORD = """
    insert into attendance_day as d (student_id, held_on, category, school_id)
    select student_id, held_on, category, school_id from {given} g order by student_id, held_on
    on conflict (student_id, held_on) do update
      set category = excluded.category, school_id = excluded.school_id
      where d.category <> excluded.category
"""
COUNT = """
    update attendance_total t set
      days_enrolled = c.enrolled, days_attended = c.attended, days_excused = c.excused,
      days_tardy = c.tardy, school_id = c.school_id, as_of = c.as_of,
      version = t.version + 1, updated_at = now()
    from (
      select y.student_id, y.school_year, count(*) as enrolled,
             count(*) filter (where d.category not like '%Absence') as attended,
             count(*) filter (where d.category = 'Excused Absence') as excused,
             count(*) filter (where d.category = 'Tardy') as tardy,
             (array_agg(d.school_id order by d.held_on desc))[1] as school_id,
             max(d.held_on) as as_of
      from {years} y join attendance_day d
        on d.student_id = y.student_id and d.held_on >= make_date(y.school_year - 1, 7, 1)
        and d.held_on < make_date(y.school_year, 7, 1)
      group by y.student_id, y.school_year
    ) c
    where c.student_id = t.student_id and c.school_year = t.school_year
      and (t.days_enrolled, t.days_attended, t.days_excused, t.days_tardy, t.school_id, t.as_of)
        is distinct from (c.enrolled, c.attended, c.excused, c.tardy, c.school_id, c.as_of)
    returning t.id
"""
COUNTED = """
    select id as aggregate_id, version, jsonb_build_object(
      'student_id', student_id, 'school_id', school_id, 'school_year', school_year,
      'days_enrolled', days_enrolled, 'days_attended', days_attended, 'as_of', as_of) as data
    from attendance_total where id = any(:ids)
"""


async def tell_attendance(
    session: AsyncSession, caller: Principal, found: Page[Attendance]
) -> Page[Attendance]:
    """With the release of each written down."""
    return await disclosures.listed(session, caller, found, [Category.ATTENDANCE])


async def tell_days(
    session: AsyncSession, caller: Principal, paging: PageRequest, student_id: UUID,
    first: date | None, last: date | None,
) -> Page[AttendanceDay]:  # fmt: skip
    """A child's days, with the release written down."""
    decision = await access.decision(session, caller, student_id, Category.ATTENDANCE)
    disclosures.release(session, caller, student_id, decision, [Category.ATTENDANCE])
    return await queries.days(session, paging, student_id, first, last)


async def record(session: AsyncSession, given: str, values: dict[str, Any]) -> int:
    """Record the days of `given`, a table or a select of `student_id`, `held_on`, `category` and
    `school_id`; count the totals anew and announce each that changed. Returns the days changed.
    """
    years = YEARS.format(given=given)
    await session.execute(text(PREPARE.format(years=years)), values)
    await session.execute(text(LOCK.format(years=years)), values)
    recorded = await session.execute(text(RECORD.format(given=given)), values)
    counted = await session.execute(text(COUNT.format(years=years)), values)
    changed = list(counted.scalars())
    if changed:
        await announce_many(session, AttendanceCounted, COUNTED, {"ids": changed})
    return int(recorded.rowcount)  # type: ignore[attr-defined]


async def call_school_roll(
    session: AsyncSession,
    caller: Principal,
    school_id: UUID,
    day: date,
    said: RollCall,
    today: date,
) -> RollCalled:
    roll = await queries.school_roll(session, caller, school_id)
    return await _call(session, roll, school_id, day, said, today)


async def call_class_roll(
    session: AsyncSession,
    caller: Principal,
    class_id: UUID,
    day: date,
    said: RollCall,
    today: date,
) -> RollCalled:
    school_id, roll = await queries.class_roll(session, caller, class_id, day)
    return await _call(session, roll, school_id, day, said, today)


async def _call(
    session: AsyncSession, roll: set[UUID], school_id: UUID, day: date, said: RollCall, today: date
) -> RollCalled:
    named = [mark.student_id for mark in said.marks]

    rules.ensure_school_day(day, today)
    rules.ensure_on_roll(named, roll, "student_id")
    marks = rules.whole_roll(roll, said.marks, said.everyone_else)

    values = {"students": list(marks), "categories": list(marks.values()), "held_on": day,
              "school_id": school_id}  # fmt: skip
    changed = await record(session, ROLL, values) if marks else 0
    return RollCalled(held_on=day, marked=len(marks), changed=changed)
