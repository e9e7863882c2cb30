"""The 18th birthday is one day: for the rules, for the database, and for every part of the product."""

from datetime import date, timedelta

from sqlalchemy import Date, cast, func, select

from services.students.access.reevaluations.queries import children_turned
from services.students.access.relations import queries, rules
from services.students.participation.eligible_programs.rules import fits
from services.students.participation.engagements.rules import Eligibility
from shared.contracts.students.student import FIRST_BIRTH_DATE
from tests.houses import House
from tests.students.people import a_student

LAST_BIRTH_DATE = date(2100, 12, 31)
ADULTS, CHILDREN = Eligibility(18, None, [], None), Eligibility(None, 17, [], None)


async def test_database_and_rules_name_the_same_day_for_every_birth_date(
    students: House,
) -> None:
    days = func.generate_series(FIRST_BIRTH_DATE, LAST_BIRTH_DATE, timedelta(days=1))
    born = select(cast(days, Date).label("birth_date")).subquery()
    asked = select(born.c.birth_date, cast(queries.comes_of_age(born.c), Date))
    async with students.database.reading() as reader:
        found = (await reader.execute(asked)).all()
    assert len(found) == (LAST_BIRTH_DATE - FIRST_BIRTH_DATE).days + 1
    assert [each for each in found if each[1] != rules.comes_of_age(each[0])] == []


async def test_rights_move_and_programs_for_adults_begin_on_the_same_28_february(
    students: House,
) -> None:
    born, birthday = date(2008, 2, 29), date(2026, 2, 28)
    child = await a_student(students, birth_date=born)
    for day in (birthday + timedelta(days=n) for n in range(-2, 4)):
        of_age = day >= birthday
        assert (rules.comes_of_age(born) <= day) is of_age
        assert fits(ADULTS, born, None, day) is of_age
        assert fits(CHILDREN, born, None, day) is not of_age
        async with students.database.transaction() as session:
            turned = await children_turned(session, day - timedelta(days=1), day)
        assert turned == ([child] if day == birthday else [])
