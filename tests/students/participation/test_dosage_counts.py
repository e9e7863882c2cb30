"""Dosage is the arithmetic of plan, sessions and marks: compared with one of the test's own."""

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.students.participation.dosage.actions import recount
from services.students.participation.engagements.records import EngagementRow
from services.students.participation.sessions.records import ProgramSessionRow, SessionMarkRow
from shared.contracts.students.attendance import ABSENCES, AttendanceCategory
from tests.houses import House
from tests.students.people import PARTNER_ID, a_program, a_student

FIRST = date(2026, 9, 1)
plans = st.tuples(st.none(), st.none()) | st.tuples(st.integers(1, 300), st.integers(1, 40))
marks = st.tuples(st.sampled_from(AttendanceCategory), st.integers(0, 120))
sessions = st.tuples(
    st.integers(0, 40),  # the day
    st.integers(1, 120),
    st.sampled_from(["pending", "complete", "canceled"]),
    st.none() | marks,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans, st.integers(0, 40), st.none() | st.integers(0, 40), st.lists(sessions, max_size=8))
async def test_dosage_counts_the_sessions_within_the_engagement(
    students: House,
    plan: tuple[int | None, int | None],
    started: int,
    ended: int | None,
    held: list[tuple[int, int, str, tuple[AttendanceCategory, int] | None]],
) -> None:
    within = [s for s in held if started <= s[0] <= (40 if ended is None else ended)]
    counted = [s for s in within if s[2] != "canceled"]
    came = [s[3] for s in counted if s[2] == "complete" and s[3] is not None]
    planned = sum(s[1] for s in counted) if plan[0] is None else plan[0] * (plan[1] or 0)

    assert await _count(students, plan, started, ended, held) == {
        "version": 1,
        "planned_minutes": planned,
        "delivered_minutes": sum(minutes for _, minutes in came),
        "sessions_planned": len(counted),
        "sessions_attended": sum(category not in ABSENCES for category, _ in came),
    }


async def _count(
    students: House,
    plan: tuple[int | None, int | None],
    started: int,
    ended: int | None,
    held: list[tuple[int, int, str, tuple[AttendanceCategory, int] | None]],
) -> dict[str, Any]:
    program_id, student_id = await a_program(students), await a_student(students)
    engagement = EngagementRow(
        student_id=student_id, program_id=program_id, partner_id=PARTNER_ID, stage="active",
        since=FIRST, started_on=_day(started), ended_on=None if ended is None else _day(ended),
        minutes_per_week=plan[0], weeks=plan[1],
    )  # fmt: skip
    async with students.database.transaction() as session:
        session.add(engagement)
        await session.flush()
        for day, minutes, status, mark in held:
            row = ProgramSessionRow(
                program_id=program_id, partner_id=PARTNER_ID, held_on=_day(day), minutes=minutes,
                status=status,
            )  # fmt: skip
            session.add(row)
            await session.flush()
            if mark is not None:
                session.add(
                    SessionMarkRow(
                        session_id=row.id, engagement_id=engagement.id, category=mark[0],
                        minutes_attended=mark[1],
                    )
                )  # fmt: skip
        await recount(session, [engagement.id], FIRST)
        await recount(session, [engagement.id], FIRST)
    [row] = await students.rows(
        "select version, planned_minutes, delivered_minutes, sessions_planned, sessions_attended"
        " from dosage where engagement_id = :id",
        id=engagement.id,
    )
    return row


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)
