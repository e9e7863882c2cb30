"""Sight of a child follows the dates of roles and enrollments on the day of the question: the facts
that the database gives against an oracle in plain Python, on random rosters."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.students.access.facts.queries import facts
from services.students.roster.classes.records import ClassRow, CourseRow
from services.students.roster.enrollments.records import EnrollmentRow
from services.students.roster.people.records import PersonRoleRow, PersonRow
from services.students.roster.schools.records import OrgRow
from services.students.roster.students.records import StudentRow
from shared.security.principal import Role
from tests.houses import House, principal
from tests.promised import promise
from tests.seeds import seeds
from tests.students.people import DISTRICT_ID

LEADERS = {"principal", "siteAdministrator", "administrator"}


class Roster:
    """One child, adults, schools and classes, all with dates around today."""

    def __init__(self, seed: int, today: date) -> None:
        self.random, self.today = random.Random(seed), today
        self.orgs = [
            OrgRow(source=DISTRICT_ID, source_id=f"{uuid4()}", name="S", type=kind)
            for kind in ("school", "school", "school", "district")
        ]
        self.people = [self._person() for _ in range(7)]
        self.child, self.adults = self.people[0], self.people[1:]
        self.roles = [self._role(self.child, "student") for _ in range(3)]
        for adult in self.adults:
            kind = self.random.choice(["teacher", *LEADERS])
            self.roles += [self._role(adult, kind) for _ in range(2)]
        self.courses = [
            CourseRow(source=DISTRICT_ID, source_id=f"{uuid4()}", title="M", org_id=org.id)
            for org in self.orgs
        ]
        self.classes = [
            ClassRow(source=DISTRICT_ID, source_id=f"{uuid4()}", title="M", course_id=course.id,
                     class_type="scheduled", school_id=org.id, status=self._status(),
                     **self._period())
            for org, course in zip(self.orgs, self.courses, strict=True) for _ in range(2)
        ]  # fmt: skip
        self.enrollments = [
            EnrollmentRow(source=DISTRICT_ID, source_id=f"{uuid4()}", class_id=lesson.id,
                          person_id=person.id, role=role, status=self._status(), **self._period())
            for lesson in self.classes
            for person, role in [(self.child, "student"), *((a, "teacher") for a in self.adults[:3])]
        ]  # fmt: skip

    def _day(self) -> date | None:
        choice = (None, None, -30, -1, 0, 1, 30)
        days = self.random.choice(choice)
        return None if days is None else self.today + timedelta(days=days)

    def _period(self) -> dict[str, date | None]:
        return {"begins_on": self._day(), "ends_on": self._day()}

    def _status(self) -> str:
        return self.random.choice(["active"] * 4 + ["ended"])

    def _person(self) -> PersonRow:
        return PersonRow(source=DISTRICT_ID, source_id=f"{uuid4()}", given_name="A",
                         family_name="B", search_name="b a")  # fmt: skip

    def _role(self, person: PersonRow, role: str) -> PersonRoleRow:
        return PersonRoleRow(source=DISTRICT_ID, source_id=f"{uuid4()}", person_id=person.id,
                             org_id=self.random.choice(self.orgs).id, role=role,
                             status=self._status(), **self._period())  # fmt: skip

    async def stored(self, students: House) -> None:
        child = StudentRow(id=self.child.id, source=DISTRICT_ID, version=1)
        for rows in (self.people, self.orgs, [child], self.roles, self.courses, self.classes,
                     self.enrollments):  # fmt: skip
            async with students.database.transaction() as session:
                session.add_all(rows)


class Oracle:
    """Reads the roster by hand, one row after the other."""

    def __init__(self, roster: Roster) -> None:
        self.roster, self.today = roster, roster.today
        self.kinds = {org.id: org.type for org in roster.orgs}

    def holds(self, begins: date | None, ends: date | None) -> bool:
        return not (begins and begins > self.today) and not (ends and ends < self.today)

    def now(self, row: Any) -> bool:
        return row.status == "active" and self.holds(row.begins_on, row.ends_on)

    def schools(self) -> set[UUID]:
        mine = (r for r in self.roster.roles if r.role == "student" and self.now(r))
        return {r.org_id for r in mine if self.kinds[r.org_id] == "school"}

    def leaders(self) -> set[UUID]:
        here = self.schools()
        return {
            r.person_id
            for r in self.roster.roles
            if r.role in LEADERS and self.now(r) and r.org_id in here
        }

    def attends(self, enrollment: EnrollmentRow, lesson: ClassRow) -> bool:
        roles = [
            r
            for r in self.roster.roles
            if (r.person_id, r.org_id, r.role)
            == (enrollment.person_id, lesson.school_id, enrollment.role)
        ]
        at_school = any(self.now(r) for r in roles) if roles else True
        dated = self.holds(
            enrollment.begins_on or lesson.begins_on, enrollment.ends_on or lesson.ends_on
        )
        return enrollment.status == "active" and lesson.status == "active" and dated and at_school

    def teachers(self) -> set[UUID]:
        found: set[UUID] = set()
        for lesson in self.roster.classes:
            there = [e for e in self.roster.enrollments if e.class_id == lesson.id]
            here = [e for e in there if self.attends(e, lesson)]
            if any(e.person_id == self.roster.child.id for e in here):
                found |= {e.person_id for e in here if e.role == "teacher"}
        return found


async def _today(students: House) -> date:
    [row] = await students.rows("select current_date as day")
    day: date = row["day"]
    return day


@promise("Access and privacy", "Who sees a child follows the dates of roles and enrollments.")
@pytest.mark.parametrize("seed", seeds(30, nightly=300))
async def test_schools_leaders_and_teachers_are_those_of_the_day(
    students: House, seed: int
) -> None:
    roster = Roster(seed, await _today(students))
    await roster.stored(students)
    async with students.database.transaction() as session:
        found = await facts(session, principal(Role.EDUCATOR), roster.child.id)
    oracle = Oracle(roster)
    assert found is not None
    assert found.school_ids == oracle.schools()
    assert found.leaders == oracle.leaders()
    assert found.teachers == oracle.teachers()


def test_the_oracle_meets_every_case() -> None:
    """Rosters in which nobody has a school, or everybody does, would prove nothing."""
    made = [Oracle(Roster(seed, date(2026, 9, 1))) for seed in range(30)]
    for found in (Oracle.schools, Oracle.leaders, Oracle.teachers):
        sizes: Iterable[int] = {len(found(oracle)) for oracle in made}
        assert {0, 1} <= set(sizes)
