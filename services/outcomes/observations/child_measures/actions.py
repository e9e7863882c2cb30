"""Keeping measures: each function takes a batch of events and changes rows by sets, so that
thousands of them are done in a second."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.indicators.disaggregates.actions import ensure_groups
from services.outcomes.indicators.disaggregates.rules import grade_level
from services.outcomes.indicators.periods.actions import ensure_periods
from services.outcomes.indicators.periods.rules import period, school_year
from services.outcomes.indicators.places.actions import ensure_places
from services.outcomes.observations.child_measures.records import NO_SCHOOL
from services.outcomes.observations.child_measures.rules import (
    CHRONIC_PERCENT,
    DOSAGE_REACHED_PERCENT,
)
from services.outcomes.scorecards.reports.actions import mark_derived
from shared.contracts.outcomes.group import ALL, VALUES, Dimension
from shared.contracts.outcomes.measure import MeasureChanged
from shared.contracts.outcomes.place import PlaceKind
from shared.contracts.students.attendance import AttendanceCounted
from shared.contracts.students.dosage import DosageCounted
from shared.contracts.students.student import StudentRostered
from shared.events.erasure import of_kept
from shared.events.outbox import announce_many
from shared.persistence.records import new_id

DERIVED_GROUPS = [(Dimension.ALL, ALL)] + [
    (Dimension.GRADE_LEVEL, value) for value in VALUES[Dimension.GRADE_LEVEL]
]
ROSTER = (PlaceKind.ROSTER, "all", "")

# `moved` holds what leaves a total (as negatives) and what enters one.
ADD_UP = f"""
    insert into school_attendance as total (school_year, school_id, grade, students,
      chronically_absent, days_enrolled, days_attended, as_of)
    select school_year, school_id, coalesce(grade, 'Other'),
      sum(sign * (days_enrolled > 0)::int),
      sum(sign * (days_enrolled > 0
        and 100 * (days_enrolled - days_attended) >= {CHRONIC_PERCENT} * days_enrolled)::int),
      sum(sign * days_enrolled), sum(sign * days_attended), max(as_of)
    from moved group by 1, 2, 3 order by 1, 2, 3
    on conflict (school_year, school_id, grade) do update set
      students = total.students + excluded.students,
      chronically_absent = total.chronically_absent + excluded.chronically_absent,
      days_enrolled = total.days_enrolled + excluded.days_enrolled,
      days_attended = total.days_attended + excluded.days_attended,
      as_of = greatest(total.as_of, excluded.as_of)
"""
COUNT_ATTENDANCE = text(f"""
    with incoming as (
      select i.*, s.grade from unnest(cast(:ids as uuid[]), cast(:students as uuid[]),
        cast(:years as int[]), cast(:schools as uuid[]), cast(:enrolled as int[]),
        cast(:attended as int[]), cast(:as_of as date[]))
        as i (id, student_id, school_year, school_id, days_enrolled, days_attended, as_of)
      left join measured_student s using (student_id)
    ), before as (
      select m.* from attendance_measure m join incoming using (student_id, school_year)
    ), kept as (
      insert into attendance_measure as m (id, version, created_at, updated_at, student_id,
        school_year, school_id, grade, days_enrolled, days_attended, as_of)
      select id, 1, now(), now(), student_id, school_year, school_id, grade, days_enrolled,
        days_attended, as_of from incoming
      on conflict (student_id, school_year) do update set
        version = m.version + 1, updated_at = now(), school_id = excluded.school_id,
        grade = coalesce(m.grade, excluded.grade), days_enrolled = excluded.days_enrolled,
        days_attended = excluded.days_attended, as_of = excluded.as_of
      where (m.school_id, m.days_enrolled, m.days_attended, m.as_of)
        is distinct from
        (excluded.school_id, excluded.days_enrolled, excluded.days_attended, excluded.as_of)
      returning m.*
    ), moved as (
      select -1 as sign, b.* from before b join kept using (id) union all
      select 1, kept.* from kept
    ), added as ({ADD_UP})
    select id from kept
""")
ATTENDANCE_CHANGED = f"""
    select id as aggregate_id, version, jsonb_build_object(
      'student_id', student_id, 'measure', 'attendance_rate', 'school_year', school_year,
      'engagement_id', null, 'numerator', days_attended, 'denominator', days_enrolled,
      'holds', case when days_enrolled > 0 then
        100 * (days_enrolled - days_attended) >= {CHRONIC_PERCENT} * days_enrolled end) as data
    from attendance_measure where id = any(cast(:ids as uuid[])) order by id
"""
COUNT_DOSAGE = text("""
    insert into dosage_measure as m (id, version, created_at, updated_at, engagement_id,
      student_id, program_id, partner_id, planned_minutes, delivered_minutes, as_of)
    select id, 1, now(), now(), engagement_id, student_id, program_id, partner_id, planned,
      delivered, as_of
    from unnest(cast(:ids as uuid[]), cast(:engagements as uuid[]), cast(:students as uuid[]),
      cast(:programs as uuid[]), cast(:partners as uuid[]), cast(:planned as int[]),
      cast(:delivered as int[]), cast(:as_of as date[]))
      as i (id, engagement_id, student_id, program_id, partner_id, planned, delivered, as_of)
    order by engagement_id
    on conflict (engagement_id) do update set
      version = m.version + 1, updated_at = now(), planned_minutes = excluded.planned_minutes,
      delivered_minutes = excluded.delivered_minutes, as_of = excluded.as_of
    where (m.planned_minutes, m.delivered_minutes, m.as_of) is distinct from
      (excluded.planned_minutes, excluded.delivered_minutes, excluded.as_of)
    returning m.id
""")
DOSAGE_CHANGED = f"""
    select id as aggregate_id, version, jsonb_build_object(
      'student_id', student_id, 'measure', 'dosage_reached', 'school_year', null,
      'engagement_id', engagement_id, 'numerator', delivered_minutes,
      'denominator', planned_minutes, 'holds', case when planned_minutes > 0 then
        100 * delivered_minutes >= {DOSAGE_REACHED_PERCENT} * planned_minutes end) as data
    from dosage_measure where id = any(cast(:ids as uuid[])) order by id
"""
# A year that was counted before the roster came gets its grade now.
ROSTER_STUDENTS = text(f"""
    with incoming as (
      insert into measured_student (student_id, grade)
      select * from unnest(cast(:students as uuid[]), cast(:grades as text[])) order by 1
      on conflict (student_id) do update set grade = excluded.grade
      returning student_id, grade
    ), before as (
      select m.* from attendance_measure m join incoming i using (student_id)
      where m.grade is null and i.grade is not null
    ), kept as (
      update attendance_measure m set grade = i.grade from before b join incoming i
        using (student_id) where m.id = b.id returning m.*
    ), moved as (
      select -1 as sign, before.* from before union all select 1, kept.* from kept
    ), added as ({ADD_UP})
    select distinct school_year from kept
""")


async def roster(session: AsyncSession, rostered: Sequence[StudentRostered]) -> None:
    """Remembers each child's grade; of several events about one child the last one counts."""
    kept = await of_kept(session, rostered)
    grades = {
        event.student_id: grade_level(event.grade) if event.grade else None for event in kept
    }
    named = {"students": list(grades), "grades": list(grades.values())}
    if list((await session.execute(ROSTER_STUDENTS, named)).scalars()):
        await mark_derived(session)


async def count_attendance(session: AsyncSession, counted: Sequence[AttendanceCounted]) -> None:
    """Announces `outcomes.measure.changed.v1` for each child whose numbers are others now."""
    kept = await of_kept(session, counted)
    last = {(event.student_id, event.school_year): event for event in kept}
    events = list(last.values())
    found = await session.execute(
        COUNT_ATTENDANCE,
        {
            "ids": [new_id() for _ in events],
            "students": [event.student_id for event in events],
            "years": [event.school_year for event in events],
            "schools": [event.school_id or NO_SCHOOL for event in events],
            "enrolled": [event.days_enrolled for event in events],
            "attended": [min(event.days_attended, event.days_enrolled) for event in events],
            "as_of": [event.as_of for event in events],
        },
    )
    changed = list(found.scalars())
    if not changed:
        return
    await _ensure_names(session, events)
    await announce_many(session, MeasureChanged, ATTENDANCE_CHANGED, {"ids": changed})
    await mark_derived(session)


async def _ensure_names(session: AsyncSession, events: list[AttendanceCounted]) -> None:
    """The places, periods and groups that derived indicators speak of."""
    schools = {event.school_id for event in events if event.school_id is not None}
    years = {event.school_year for event in events}
    named = [(PlaceKind.SCHOOL, str(school), "") for school in schools]
    await ensure_places(session, [ROSTER, *named])
    await ensure_periods(session, [period(school_year(year)) for year in years])
    await ensure_groups(session, DERIVED_GROUPS)


async def count_dosage(session: AsyncSession, counted: Sequence[DosageCounted]) -> None:
    """Announces `outcomes.measure.changed.v1` for each engagement whose numbers are others now."""
    kept = await of_kept(session, counted)
    events = list({event.engagement_id: event for event in kept}.values())
    found = await session.execute(
        COUNT_DOSAGE,
        {
            "ids": [new_id() for _ in events],
            "engagements": [event.engagement_id for event in events],
            "students": [event.student_id for event in events],
            "programs": [event.program_id for event in events],
            "partners": [event.partner_id for event in events],
            "planned": [event.planned_minutes for event in events],
            "delivered": [event.delivered_minutes for event in events],
            "as_of": [event.as_of for event in events],
        },
    )
    changed = list(found.scalars())
    if changed:
        await announce_many(session, MeasureChanged, DOSAGE_CHANGED, {"ids": changed})
