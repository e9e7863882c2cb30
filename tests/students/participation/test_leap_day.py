"""Somebody born on 29 February has one birthday: for rights in the record and for a program's age."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from services.students.access.relations import rules
from services.students.access.relations.queries import comes_of_age
from services.students.participation.engagements.rules import Eligibility, ensure_eligible
from services.students.roster.students.records import student
from shared.core.days import age_on
from shared.core.refusals import Conflict
from tests.houses import House
from tests.needs import DATA
from tests.promised import promise
from tests.students.people import a_student

CASES = DATA / "reported" / "leap-day-birthday" / "cases.json"


@pytest.mark.needs("data")
@promise("Figures", "Somebody born on 29 February has one birthday, whichever rule asks for it.")
async def test_the_rights_and_the_age_of_a_program_change_on_one_day(students: House) -> None:
    cases = json.loads(CASES.read_text())
    born = date.fromisoformat(cases["born"])
    child = await a_student(students, birth_date=born)
    async with students.database.reading() as reader:
        column = select(comes_of_age(student)).where(student.id == child)
        turned = (await reader.execute(column)).scalar_one()
    assert turned.date() == rules.comes_of_age(born)
    told: dict[str, dict[str, Any]] = cases["on"]
    for written, expected in told.items():
        day = date.fromisoformat(written)
        moved, age = rules.comes_of_age(born) <= day, age_on(born, day)
        assert moved is (age >= rules.ELIGIBLE_YEARS), written
        assert expected["age"] in {age, "the same answer as rights_moved"}, written
        assert taken_by_a_program_for_adults(born, day) is moved, written
        if "rights_moved" in expected:
            assert expected["rights_moved"] in {moved, "the same answer as age >= 18"}, written


def taken_by_a_program_for_adults(born: date, day: date) -> bool:
    adults = Eligibility(
        minimum_age=rules.ELIGIBLE_YEARS, maximum_age=None, grades=[], starts_on=None
    )
    try:
        ensure_eligible(adults, born, None, day)
    except Conflict:
        return False
    return True
