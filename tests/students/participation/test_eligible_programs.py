"""Programs open to a child, by age and grade, and the values that are unknown."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.security.principal import Principal
from tests.houses import House
from tests.students.families import a_guardian
from tests.students.people import DISTRICT, WORKER, a_partner, a_program, a_student, engage

TODAY = datetime.now(UTC).date()
TEN = TODAY - timedelta(days=10 * 366)


async def ask(students: House, child: UUID, caller: Principal) -> dict[str, Any]:
    async with students.calling(caller) as http:
        return dict((await http.get(f"/internal/students/{child}/opportunities")).json())


async def test_programs_that_fit_are_listed_with_free_places_first(students: House) -> None:
    child = await a_student(students, birth_date=TEN, grade="04")
    guardian = await a_guardian(students, child)
    await a_partner(students)
    full = await a_program(students, name="A full one", capacity=10)
    for _ in range(10):
        await engage(students, await a_student(students), full, stage="active")
    for name, capacity in (("A small one", 1), ("Another small one", 2)):
        small = await a_program(students, name=name, capacity=capacity)
        await engage(students, await a_student(students), small, stage="active")
    await a_program(students, name="Chess", grades=["04"], minimum_age=9)
    await a_program(students, name="Debate", grades=["09"])
    await a_program(students, name="Swimming", minimum_age=12)
    await a_program(students, name="Toddlers", maximum_age=3)
    await a_program(students, name="Over", ends_on=TODAY - timedelta(1))
    await a_program(students, name="Closed", status="defunct")
    await engage(students, child, await a_program(students, name="Mine"), DISTRICT)

    told = await ask(students, child, guardian)
    assert [(each["name"], each["open"]) for each in told["items"]] == [
        ("Chess", True), ("A small one", None), ("Another small one", None), ("A full one", False),
    ]  # fmt: skip
    assert told["items"][0]["partner_name"] == "Riverside Tutors"
    assert (told["more"], told["not_known"]) == (False, ["place"])


async def test_an_unknown_value_excludes_no_program_and_is_named(students: House) -> None:
    child = await a_student(students, birth_date=None, grade=None)
    guardian = await a_guardian(students, child)
    await a_program(students, grades=["09"], minimum_age=12)
    told = await ask(students, child, guardian)
    assert len(told["items"]) == 1
    assert told["not_known"] == ["age", "grade", "place"]


async def test_a_caller_who_may_not_see_the_age_learns_it_from_no_list(students: House) -> None:
    child = await a_student(students, birth_date=TEN)
    await engage(students, child, await a_program(students), stage="active")
    await a_program(students, name="Swimming", minimum_age=12)
    told = await ask(students, child, WORKER)
    assert [each["name"] for each in told["items"]] == ["Swimming"]
    assert "age" in told["not_known"]
    assert (await ask(students, uuid4(), WORKER))["code"] == "student-unknown"
