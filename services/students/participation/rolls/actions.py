"""Calling the rolls of schools and classes, and disclosing those of classes."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.disclosures.rules import nameless
from services.students.participation.attendance.actions import record
from services.students.participation.rolls import queries, rules
from services.students.roster.school_calendar import queries as calendars
from services.students.roster.school_calendar.rules import ensure_school_day
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import (
    AttendanceCategory,
    ClassRoll,
    RollCall,
    RollCalled,
)
from shared.security.principal import Principal

DISCLOSED = (Category.ATTENDANCE, Category.IDENTITY)
ROLL = """
    (select unnest(cast(:students as uuid[])) as student_id, cast(:held_on as date) as held_on,
            unnest(cast(:categories as text[])) as category, cast(:school_id as uuid) as school_id,
            unnest(cast(:hundredths as smallint[])) as hundredths)
"""


async def disclose_class_roll(
    session: AsyncSession, caller: Principal, class_id: UUID, day: date
) -> ClassRoll:
    """The roll of the class, after writing down the release of each child. A name that is withheld
    from the caller is null."""
    found = await queries.class_roll(session, caller, class_id, day, calling=False)

    told = await disclosures.release_list(session, caller, sorted(found.children), DISCLOSED)
    entries = await queries.class_marks(session, found.school_id, day, found.children)
    return ClassRoll(
        class_id=class_id, class_title=found.title, school_id=found.school_id,
        school_name=found.school_name, held_on=day, students=rules.by_name(nameless(entries, told)),
    )  # fmt: skip


async def call_school_roll(
    session: AsyncSession,
    caller: Principal,
    school_id: UUID,
    day: date,
    said: RollCall,
    today: date,
) -> RollCalled:
    roll = await queries.school_roll(session, caller, school_id, day)
    return await _call(session, roll, school_id, day, said, today)


async def call_class_roll(
    session: AsyncSession,
    caller: Principal,
    class_id: UUID,
    day: date,
    said: RollCall,
    today: date,
) -> RollCalled:
    found = await queries.class_roll(session, caller, class_id, day, calling=True)
    return await _call(session, found.children, found.school_id, day, said, today)


async def _call(
    session: AsyncSession, roll: set[UUID], school_id: UUID, day: date, said: RollCall, today: date
) -> RollCalled:
    named = [mark.student_id for mark in said.marks]
    calendar = await calendars.of_school(session, school_id, day)

    rules.ensure_school_day(day, today)
    ensure_school_day(day, calendar)
    rules.ensure_on_roll(named, roll, "student_id")
    rules.ensure_parts(said.marks)
    marks = rules.whole_roll(roll, said.marks, said.everyone_else)

    values = {
        "students": list(marks), "categories": [category for category, _ in marks.values()],
        "hundredths": [part for _, part in marks.values()], "held_on": day, "school_id": school_id,
    }  # fmt: skip
    changed = await record(session, ROLL, values) if marks else 0
    partial = [id for id, (category, _) in marks.items() if category is AttendanceCategory.PARTIAL]
    whole = await queries.whole_partials(session, school_id, day, partial) if partial else 0
    return RollCalled(held_on=day, marked=len(marks), changed=changed, partial_as_whole=whole)
