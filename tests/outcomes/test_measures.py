"""What follows from students' events: measures of a child, and indicators that move with them."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.outcomes.observations.child_measures.rules import chronically_absent, dosage_reached
from shared.contracts.outcomes.measure import MeasureChanged
from shared.contracts.students.attendance import AttendanceCounted
from shared.contracts.students.dosage import DosageCounted
from shared.contracts.students.student import StudentRostered, StudentStatus
from shared.security.grants import Category
from shared.security.principal import Role
from tests.houses import House, grant_for, principal
from tests.outcomes.builders import (
    TEACHER,
    define,
    definition,
    form_partnership,
    make_scorecard,
    report_of,
    series,
)

SCHOOL = uuid4()


def rostered(student_id: UUID, grade: str | None = "03") -> StudentRostered:
    return StudentRostered(
        student_id=student_id, school_id=SCHOOL, grade=grade, status=StudentStatus.ACTIVE
    )


def attended(
    student_id: UUID, days: int, of: int = 100, year: int = 2025, school: UUID | None = SCHOOL
) -> AttendanceCounted:
    return AttendanceCounted(
        student_id=student_id, school_id=school, school_year=year, days_enrolled=of,
        days_attended=days, as_of=date(2025, 3, 1),
    )  # fmt: skip


def dosed(engagement_id: UUID, student_id: UUID, minutes: int) -> DosageCounted:
    return DosageCounted(
        engagement_id=engagement_id, student_id=student_id, program_id=uuid4(),
        partner_id=uuid4(), planned_minutes=600, delivered_minutes=minutes, sessions_planned=10,
        sessions_attended=5, as_of=date(2025, 3, 1),
    )  # fmt: skip


async def read(house: House, student_id: UUID, *categories: Category) -> Any:
    async with house.calling(TEACHER) as http:
        headers = {"Grant": grant_for(TEACHER, student_id, *categories)}
        return await http.get(f"/internal/students/{student_id}/measures", headers=headers)


async def test_measures_of_a_child_are_released_against_its_grant_only(outcomes: House) -> None:
    child, other = uuid4(), uuid4()
    engagement = uuid4()
    await outcomes.hear(rostered(child), attended(child, 90), dosed(engagement, child, 480))
    found = await read(outcomes, child, Category.MEASURES)
    assert found.status_code == 200, found.text
    [attendance] = found.json()["attendance"]
    assert attendance["attendance_rate"] == {"value": "90.0", "unit": "percent"}
    assert attendance["chronically_absent"] is True
    [dosage] = found.json()["dosage"]
    assert (dosage["share"]["value"], dosage["reached"]) == ("80.0", True)

    no_category = await read(outcomes, child, Category.ATTENDANCE)
    assert (no_category.status_code, no_category.json()["code"]) == (403, "grant-refused")
    async with outcomes.calling(TEACHER) as http:
        address = f"/internal/students/{child}/measures"
        without = await http.get(address)
        anothers = await http.get(address, headers={"Grant": grant_for(TEACHER, other)})
    async with outcomes.calling(principal(Role.ANALYST)) as http:
        analyst = await http.get(address, headers={"Grant": grant_for(TEACHER, child)})
    assert [a.status_code for a in (without, anothers, analyst)] == [403, 403, 403]


async def test_a_child_nobody_measured_answers_with_nothing(outcomes: House) -> None:
    found = await read(outcomes, uuid4())
    assert (found.json()["attendance"], found.json()["dosage"]) == ([], [])


async def test_changed_numbers_are_announced_once_and_repeated_ones_not(outcomes: House) -> None:
    child = uuid4()
    await outcomes.hear(attended(child, 95), attended(child, 95), attended(child, 80))
    events = await outcomes.events(MeasureChanged)
    assert [(e["aggregate_version"], e["data"]["numerator"], e["data"]["holds"]) for e in events] == [
        (1, 95, False), (2, 80, True),
    ]  # fmt: skip
    assert {e["data"]["student_id"] for e in events} == {str(child)}


async def derived(house: House, **more: Any) -> str:
    ids = []
    for key, direction in (("attendance_rate", "higher"), ("chronic_absence", "lower")):
        made = await define(
            house,
            key=key,
            derivation=key,
            definition=definition(direction=f"{direction}_is_better"),
        )
        ids.append(made["id"])
    partnership_id = await form_partnership(house)
    return str((await make_scorecard(house, partnership_id, ids, **more))["id"])


async def test_the_scorecard_moves_when_attendance_does(outcomes: House) -> None:
    card = await derived(outcomes)
    children = [uuid4() for _ in range(40)]
    await outcomes.hear(*(rostered(c, "03" if n < 20 else "04") for n, c in enumerate(children)))
    await outcomes.hear(*(attended(c, 85 if n % 2 else 95) for n, c in enumerate(children)))

    report = await report_of(outcomes, card)
    rate, absence = series(report), series(report, indicator=1)
    assert report["indicators"][0]["periods"] == ["2024-2025"]
    assert rate["cells"][0]["value"] == {"value": "90.0", "unit": "percent"}
    assert (rate["cells"][0]["denominator"], rate["cells"][0]["numerator"]) == (40, None)
    assert absence["cells"][0]["value"]["value"] == "50.0"
    assert series(report, "Third grade", 1)["cells"][0]["numerator"] == 10

    await outcomes.hear(*(attended(c, 99) for c in children[:10]))
    after = await report_of(outcomes, card)
    assert series(after, indicator=1)["cells"][0]["numerator"] == 15
    assert series(after, "Third grade", 1)["cells"][0]["state"] == "suppressed"


async def test_a_grade_that_comes_after_the_attendance_moves_the_child(outcomes: House) -> None:
    child = uuid4()
    await outcomes.hear(attended(child, 50), rostered(child, "KG"), rostered(child, "01"))
    totals = await outcomes.rows("select grade, students from school_attendance order by grade")
    assert [(t["grade"], t["students"]) for t in totals] == [("Kindergarten", 1), ("Other", 0)]


async def test_small_schools_and_everybody_present_are_not_given_away(outcomes: House) -> None:
    card = await derived(outcomes)
    await outcomes.hear(*(attended(uuid4(), 100) for _ in range(30)))
    small = uuid4()
    await outcomes.hear(*(attended(uuid4(), 90, school=small) for _ in range(5)))
    report = await report_of(outcomes, card)
    assert series(report)["cells"][0]["state"] == "shown"
    async with outcomes.calling(TEACHER) as http:
        rate = report["indicators"][0]["indicator_id"]
        listed = await http.get("/v1/observations", params={"indicator_id": rate})
    by_place = {t["place"]["key"]: t["groups"][0]["cell"] for t in listed.json()["items"]}
    assert by_place["all"]["denominator"] == 35
    assert by_place[str(small)]["state"] == "suppressed"
    # Else whoever takes it from the roster has the five of the other school.
    assert by_place[str(SCHOOL)]["state"] == "suppressed"


@pytest.mark.parametrize("seed", range(4))
async def test_no_school_is_found_by_taking_the_others_from_the_roster(
    outcomes: House, seed: int
) -> None:
    """Of each group whoever reads all tables subtracts the schools shown from the roster: what
    stays is nobody, or enough."""
    card = await derived(outcomes)
    chance = random.Random(seed)
    for school in [uuid4() for _ in range(seed % 3 + 2)]:
        for _ in range([4, 25, 12][chance.randrange(3)]):
            child, grade = uuid4(), chance.choice(["01", "01", "02"])
            counted = attended(child, chance.choice([80, 99]), school=school)
            await outcomes.hear(rostered(child, grade), counted)
    report = await report_of(outcomes, card)
    for indicator in report["indicators"]:
        asked = {"indicator_id": indicator["indicator_id"]}
        async with outcomes.calling(TEACHER) as http:
            listed = (await http.get("/v1/observations", params=asked)).json()
        for whole, shown in _subtractable(listed["items"]):
            rest = whole["denominator"] - sum(cell["denominator"] for cell in shown)
            assert rest == 0 or rest >= 10
            have = [cell["numerator"] for cell in (whole, *shown)]
            if rest and None not in have:
                assert 10 <= have[0] - sum(have[1:]) <= rest - 10


def _subtractable(tables: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Of each group: the roster's cell, and those of schools, as far as they tell numbers."""
    told: dict[tuple[str, str], dict[bool, list[dict[str, Any]]]] = {}
    for table in tables:
        for row in table["groups"]:
            if row["cell"]["denominator"]:
                cells = told.setdefault((row["dimension"], row["group"]), {True: [], False: []})
                cells[table["place"]["kind"] == "school"].append(row["cell"])
    for cells in told.values():
        if cells[False] and cells[True]:
            yield cells[False][0], cells[True]


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_tenth_missed_is_chronic_and_four_fifths_delivered_are_enough(
    whole: int, part: int
) -> None:
    missed = whole - min(part, whole)
    assert chronically_absent(whole, min(part, whole)) is (missed * 10 >= whole if whole else None)
    assert dosage_reached(whole, part) is (part * 5 >= whole * 4 if whole else None)


async def test_totals_are_what_the_measures_add_up_to(outcomes: House) -> None:
    chance = random.Random(7)
    children = [uuid4() for _ in range(12)]
    schools = [uuid4(), uuid4(), None]
    for _ in range(60):
        child = chance.choice(children)
        if chance.random() < 0.3:
            event: Any = rostered(child, chance.choice(["01", "02", None]))
        else:
            of = chance.randrange(0, 100)
            event = attended(
                child, chance.randint(0, of), of, chance.choice([2024, 2025]),
                chance.choice(schools),
            )  # fmt: skip
        await outcomes.hear(event)
    sums = """
        select school_year, school_id, coalesce(grade, 'Other') as grade,
          count(*) filter (where days_enrolled > 0) as students, sum(days_enrolled)::int as days,
          sum(days_attended)::int as attended, count(*) filter (where days_enrolled > 0
            and (days_enrolled - days_attended) * 10 >= days_enrolled) as chronic
        from attendance_measure group by 1, 2, 3 order by 1, 2, 3
    """
    kept = """
        select school_year, school_id, grade, students, days_enrolled::int as days,
          days_attended::int as attended, chronically_absent as chronic
        from school_attendance where (students, days_enrolled) <> (0, 0) order by 1, 2, 3
    """
    added_up = [
        row for row in await outcomes.rows(sums) if (row["students"], row["days"]) != (0, 0)
    ]
    assert await outcomes.rows(kept) == added_up
