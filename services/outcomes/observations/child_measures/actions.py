"""Keeping the measures of children. Each function takes a batch of events and changes rows
set-wise, so that thousands of events take a second."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.indicators.disaggregates.rules import grade_level
from services.outcomes.observations.attendance_measures import actions as attendance
from services.outcomes.observations.child_measures import queries
from shared.contracts.outcomes.measure import MeasureChanged
from shared.contracts.students.attendance import AttendanceCounted
from shared.contracts.students.dosage import DosageCounted
from shared.contracts.students.student import StudentRostered
from shared.events.erasure import of_kept
from shared.events.outbox import announce_many
from shared.persistence.records import new_id

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
ROSTER_STUDENTS = text("""
    insert into measured_student (student_id, grade)
    select * from unnest(cast(:students as uuid[]), cast(:grades as text[])) order by 1
    on conflict (student_id) do update set grade = excluded.grade
""")
FORGET = text("""
    with supported as (
      delete from dosage_measure where student_id = :id returning 1
    ), measured as (
      delete from measured_student where student_id = :id returning 1
    )
    select (select count(*) from supported) + (select count(*) from measured)
""")


async def roster(session: AsyncSession, rostered: Sequence[StudentRostered]) -> None:
    """Stores each child's grade. Of several events about one child the last one counts."""
    kept = await of_kept(session, rostered)
    grades = {
        event.student_id: grade_level(event.grade) if event.grade else None for event in kept
    }
    named = {"students": list(grades), "grades": list(grades.values())}
    await session.execute(ROSTER_STUDENTS, named)
    await attendance.grade(session, grades)


async def count_attendance(session: AsyncSession, counted: Sequence[AttendanceCounted]) -> None:
    """Announces `outcomes.measure.changed.v1` for each child whose numbers have changed."""
    await attendance.count(session, await of_kept(session, counted))


async def count_dosage(session: AsyncSession, counted: Sequence[DosageCounted]) -> None:
    """Announces `outcomes.measure.changed.v1` for each engagement whose numbers have changed."""
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
        await announce_many(session, MeasureChanged, queries.DOSAGE_CHANGED, {"ids": changed})


async def forget(session: AsyncSession, student_id: UUID) -> int:
    """Delete the child's measures. Gives their number."""
    others = int((await session.execute(FORGET, {"id": student_id})).scalar_one())
    return others + await attendance.forget(session, student_id)
