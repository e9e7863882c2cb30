"""Students' events give measures of a child, and indicators that change with them."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.outcomes.observations.attendance_measures.actions import renew
from services.outcomes.observations.attendance_measures.rules import chronically_absent
from services.outcomes.observations.child_measures.rules import dosage_reached
from shared.contracts.outcomes.measure import MeasureChanged
from shared.contracts.students.attendance import AttendanceAtSchool, AttendanceCounted
from shared.contracts.students.dosage import DosageCounted
from shared.contracts.students.student import StudentRostered, StudentStatus
from shared.core.settings import from_environment
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
from tests.promised import promise

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


async def test_a_child_without_measures_has_an_empty_answer(outcomes: House) -> None:
    found = await read(outcomes, uuid4())
    assert (found.json()["attendance"], found.json()["dosage"]) == ([], [])


async def test_changed_numbers_are_announced_once_and_repeated_ones_never(outcomes: House) -> None:
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


async def test_the_scorecard_changes_when_attendance_changes(outcomes: House) -> None:
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


async def test_a_grade_that_arrives_after_the_attendance_moves_the_child_to_its_group(
    outcomes: House,
) -> None:
    child = uuid4()
    await outcomes.hear(attended(child, 50), rostered(child, "KG"), rostered(child, "01"))
    totals = await outcomes.rows(
        "select grade, students from attendance_sum where place = 'all' order by grade"
    )
    assert [(t["grade"], t["students"]) for t in totals] == [("Kindergarten", 1), ("Other", 0)]


async def test_disclosure_control_hides_small_schools_and_full_attendance(outcomes: House) -> None:
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


@promise(
    "Access and privacy",
    "Nobody finds a school by taking the others from the roster: the remainder of a derived "
    "indicator's tables is nobody, or enough. Which places of files lie in places of another kind "
    "is not known and not looked at.",
)
@pytest.mark.parametrize("seed", range(4))
async def test_nobody_can_derive_a_school_by_subtracting_the_others_from_the_roster(
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
def test_a_tenth_missed_is_chronic_absence_and_four_fifths_delivered_is_enough_dosage(
    whole: int, part: int
) -> None:
    missed = whole - min(part, whole)
    judged = whole >= 10
    chronic = chronically_absent(whole, 100 * min(part, whole), 10)
    assert chronic is (missed * 10 >= whole if judged else None)
    assert dosage_reached(whole, part) is (part * 5 >= whole * 4 if whole else None)


async def test_totals_are_the_sums_of_the_measures(outcomes: House) -> None:
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
        select school_year, place, coalesce(grade, 'Other') as grade, count(*) as students,
          sum(days_enrolled)::int as days, sum(days_attended)::int as attended,
          count(*) filter (where days_enrolled >= 10) as judged, count(*) filter (
            where days_enrolled >= 10 and (days_enrolled - days_attended) * 10 >= days_enrolled)
            as chronic
        from attendance_measure, unnest(array['all',
          coalesce(nullif(school_id, :nowhere)::text, '')]) place
        where days_enrolled > 0 group by 1, 2, 3 order by 1, 2, 3
    """
    kept = """
        select school_year, place, grade, students, days_enrolled::int as days,
          hundredths_attended::int / 100 as attended, judged, chronically_absent as chronic
        from attendance_sum where (students, days_enrolled) <> (0, 0) order by 1, 2, 3
    """
    assert await outcomes.rows(kept) == await outcomes.rows(sums, nowhere=UUID(int=0))


def at(school: UUID | None, days: int, of: int) -> AttendanceAtSchool:
    return AttendanceAtSchool(
        school_id=school, days_enrolled=of, hundredths_attended=100 * days, as_of=date(2025, 3, 1)
    )


async def sums(outcomes: House) -> dict[str, tuple[int, ...]]:
    """By place: children, children judged, chronically absent, days enrolled and attended."""
    rows = await outcomes.rows("""
        select place, sum(students)::int as students, sum(judged)::int as judged,
          sum(chronically_absent)::int as absent, sum(days_enrolled)::int as enrolled,
          sum(hundredths_attended)::int / 100 as attended
        from attendance_sum group by 1 having sum(students) > 0""")
    return {row["place"]: tuple(list(row.values())[1:]) for row in rows}


async def test_a_year_at_two_schools_is_one_year_and_each_school_has_its_own_days(
    outcomes: House,
) -> None:
    child, first, second = uuid4(), uuid4(), uuid4()
    year = attended(child, 96, 178, school=second)
    divided = [at(first, 0, 82), at(second, 91, 91), at(None, 5, 5)]
    await outcomes.hear(year.model_copy(update={"schools": divided}))
    assert await sums(outcomes) == {
        "all": (1, 1, 1, 178, 96), str(first): (1, 1, 1, 82, 0), str(second): (1, 1, 0, 91, 91),
        "": (1, 0, 0, 5, 5),
    }  # fmt: skip

    await outcomes.hear(year.model_copy(update={"schools": [at(second, 96, 178)]}))
    assert await sums(outcomes) == {
        "all": (1, 1, 1, 178, 96), str(second): (1, 1, 1, 178, 96)
    }  # fmt: skip
    await outcomes.hear(attended(child, 0, 0, school=None).model_copy(update={"schools": []}))
    assert await sums(outcomes) == {}


async def test_nobody_is_chronically_absent_before_the_least_number_of_days(
    outcomes: House,
) -> None:
    few, enough = uuid4(), uuid4()
    await outcomes.hear(attended(few, 0, 9), attended(enough, 9, 10))
    assert await sums(outcomes) == dict.fromkeys(("all", str(SCHOOL)), (2, 1, 1, 19, 9))  # fmt: skip
    holds = [event["data"]["holds"] for event in await outcomes.events(MeasureChanged)]
    assert holds == [None, True]
    for child, chronic in ((few, None), (enough, True)):
        [year] = (await read(outcomes, child)).json()["attendance"]
        assert year["chronically_absent"] is chronic


async def test_another_least_number_of_days_judges_every_year_again(
    outcomes: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await outcomes.hear(attended(uuid4(), 0, 9), attended(uuid4(), 30, 30))
    monkeypatch.setenv("CHRONIC_ABSENCE_LEAST_DAYS", "5")
    from_environment.cache_clear()
    try:
        assert await renew(outcomes.database) == 2
        assert await renew(outcomes.database) == 0
        assert (await sums(outcomes))["all"] == (2, 2, 1, 39, 30)
    finally:
        monkeypatch.undo()
        from_environment.cache_clear()


async def test_a_year_that_the_release_before_counted_is_added_again_and_asked_for(
    outcomes: House,
) -> None:
    """It changes measures without the sums, and passes over the days of each school."""
    child = uuid4()
    await outcomes.hear(attended(child, 10, 20))
    await outcomes.rows("""
        update attendance_measure set version = version + 1, days_enrolled = 30, days_attended = 20
        returning id""")
    assert await renew(outcomes.database) == 1
    assert await renew(outcomes.database) == 0
    assert (await sums(outcomes))["all"] == (1, 1, 1, 30, 20)
    told = [event["data"]["divided"] for event in await outcomes.events(MeasureChanged)]
    assert told == [True, False]
