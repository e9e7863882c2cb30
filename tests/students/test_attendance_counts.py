"""Totals of attendance are the arithmetic of days: against an arithmetic of its own."""

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.students.participation.attendance.actions import ROLL, record
from shared.contracts.students.attendance import (
    ABSENCES,
    AttendanceCategory,
    AttendanceCounted,
)
from tests.houses import House
from tests.students.support import a_student

FIRST = date(2026, 6, 20)  # so that days lie on both sides of 1 July
roll = st.dictionaries(st.integers(0, 20), st.sampled_from(AttendanceCategory), max_size=6)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(roll, min_size=1, max_size=5))
async def test_totals_count_the_last_word_on_each_day_in_its_school_year(
    students: House, rolls: list[dict[int, AttendanceCategory]]
) -> None:
    child = await a_student(students)
    said: dict[date, AttendanceCategory] = {}
    for each in rolls:
        for number, category in each.items():
            said[FIRST + timedelta(days=number)] = category
            async with students.database.transaction() as session:
                values = {"students": [child], "categories": [category], "school_id": None}
                await record(session, ROLL, values | {"held_on": FIRST + timedelta(days=number)})

    expected: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for day, category in said.items():
        year = 2026 if day < date(2026, 7, 1) else 2027
        expected[year][0] += 1
        expected[year][1] += category not in ABSENCES
    rows = await students.rows(
        "select id, version, school_year, days_enrolled, days_attended from attendance_total"
        " where student_id = :child",
        child=child,
    )
    assert {r["school_year"]: [r["days_enrolled"], r["days_attended"]] for r in rows} == expected
    events = await students.events(AttendanceCounted)
    for row in rows:
        told = [event for event in events if event["aggregate_id"] == row["id"]]
        assert [event["aggregate_version"] for event in told] == list(range(1, row["version"] + 1))
        last = told[-1]["data"]
        assert [last["days_enrolled"], last["days_attended"]] == expected[row["school_year"]]
