"""Totals of attendance are the arithmetic of marks: compared with an arithmetic of the test's own."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.students.participation.attendance.actions import record
from shared.contracts.students.attendance import (
    ABSENCES,
    AttendanceCategory,
    AttendanceCounted,
)
from tests.houses import House
from tests.students.people import a_student

FIRST = date(2026, 6, 20)  # so that days lie on both sides of 1 July
SCHOOLS = [UUID(int=1), UUID(int=2)]
NOWHERE = UUID(int=0)
MARK = """
    (select cast(:child as uuid) as student_id, cast(:day as date) as held_on,
            cast(:school as uuid) as school_id, cast(:category as text) as category,
            cast(:part as smallint) as hundredths)
"""
mark = st.tuples(
    st.integers(0, 20), st.sampled_from([*SCHOOLS, NOWHERE]), st.sampled_from(AttendanceCategory),
    st.none() | st.integers(0, 100),
)  # fmt: skip
Day = dict[UUID, tuple[AttendanceCategory, int | None]]


def said_of(day: Day, school: UUID, category: AttendanceCategory, part: int | None) -> None:
    """A mark without a school stands for the day until a school has one of its own. The same
    category again without a part keeps the part."""
    before = day.get(school)
    kept = before[1] if before and before[0] == category and part is None else part
    day[school] = (category, kept)
    if set(day) - {NOWHERE}:
        day.pop(NOWHERE, None)


def hundredths(category: AttendanceCategory, part: int | None) -> int:
    return part if part is not None else 0 if category in ABSENCES else 100


def year_of(days: list[Day]) -> dict[str, Any]:
    parts: dict[UUID, list[int]] = defaultdict(list)
    attended = 0
    for day in days:
        each = {school: hundredths(*told) for school, told in day.items()}
        mean = Decimal(sum(each.values())) / len(each)
        attended += int(mean.quantize(Decimal(1), ROUND_HALF_UP))
        for school, part in each.items():
            parts[school].append(part)
    return {
        "days_enrolled": len(days), "hundredths_attended": attended,
        "days_attended": int((Decimal(attended) / 100).quantize(Decimal(1), ROUND_HALF_UP)),
        "schools": {
            None if school == NOWHERE else str(school): (len(each), sum(each))
            for school, each in parts.items()
        },
    }  # fmt: skip


def told(data: dict[str, Any]) -> dict[str, Any]:
    schools = {
        s["school_id"]: (s["days_enrolled"], s["hundredths_attended"]) for s in data["schools"]
    }
    names = ("days_enrolled", "hundredths_attended", "days_attended")
    return {name: data[name] for name in names} | {"schools": schools}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(mark, min_size=1, max_size=20))
async def test_totals_count_the_marks_of_each_day_in_its_school_year_and_at_its_school(
    students: House, marks: list[tuple[int, UUID, AttendanceCategory, int | None]]
) -> None:
    child = await a_student(students)
    days: dict[date, Day] = defaultdict(dict)
    for number, school, category, part in marks:
        day = FIRST + timedelta(days=number)
        said_of(days[day], school, category, part)
        async with students.database.transaction() as session:
            values = {"child": child, "day": day, "school": school, "category": category,
                      "part": part}  # fmt: skip
            await record(session, MARK, values)

    years: dict[int, list[Day]] = defaultdict(list)
    for day, each in days.items():
        years[2026 if day < date(2026, 7, 1) else 2027].append(each)
    rows = await students.rows(
        "select * from attendance_total where student_id = :child", child=child
    )
    assert {row["school_year"]: told(row) for row in rows} == {
        year: year_of(each) for year, each in years.items()
    }
    events = await students.events(AttendanceCounted)
    for row in rows:
        of_year = [event for event in events if event["aggregate_id"] == row["id"]]
        versions = [event["aggregate_version"] for event in of_year]
        assert versions == list(range(1, row["version"] + 1))
        assert told(of_year[-1]["data"]) == told(row)
        assert row["counted"] == row["version"]


def test_a_day_is_one_day_however_many_schools_have_marks_of_it() -> None:
    there, away = (AttendanceCategory.PRESENT, None), (AttendanceCategory.UNEXCUSED_ABSENCE, None)
    year = year_of([{SCHOOLS[0]: there, SCHOOLS[1]: away}, {SCHOOLS[0]: there}])
    assert (year["days_enrolled"], year["hundredths_attended"]) == (2, 150)
