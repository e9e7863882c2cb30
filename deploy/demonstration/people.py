"""The people one can try the platform as: chosen so that each has something to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from deploy.demonstration.classes import SchoolClass, a_person
from deploy.demonstration.dice import dice
from deploy.demonstration.engagements import Taken
from deploy.demonstration.families import Contact, Student
from deploy.demonstration.organizations import (
    ALLIANCE,
    BACKBONE,
    LIBRARY,
    PUBLISHER,
    TUTORS,
    UNIVERSITY,
)
from deploy.demonstration.roster import District
from deploy.demonstration.schools import DISTRICT_NAME

OPERATOR = "operator"
OLD_ENOUGH = 16


@dataclass(frozen=True)
class Person:
    """`subject` signs in; `sourced_id` is the roster's id of a teacher, contact or student."""

    subject: str
    role: str
    name: str
    partner: str | None = None
    sourced_id: str | None = None


@dataclass(frozen=True)
class Cast:
    """`child` is the guardian's engaged child, in the teacher's class `homeroom`."""

    people: tuple[Person, ...]
    child: Student
    guardian: Contact
    homeroom: SchoolClass
    student: Student

    def __getitem__(self, subject: str) -> Person:
        return next(person for person in self.people if person.subject == subject)


def cast(of: District, programs: Sequence[Taken]) -> Cast:
    child, homeroom = _child(of, programs)
    student = _student(of.year, programs)
    guardian, teacher = child.contacts[0], homeroom.teacher
    administrator = next(each for each in of.leaders if each.role == "districtAdministrator")
    made = dice("people")
    names = [a_person(made, str(n), "", "") for n in range(9)]
    others = [f"{each.given} {each.family}" for each in names]
    people = (
        Person("district-admin", "district_admin", f"{administrator.given} {administrator.family}",
               DISTRICT_NAME),
        Person("teacher", "educator", f"{teacher.given} {teacher.family}", DISTRICT_NAME,
               teacher.id),
        Person("partner-admin", "partner_admin", others[1], ALLIANCE),
        Person("tutors-admin", "partner_admin", others[5], TUTORS),
        Person("university-admin", "partner_admin", others[6], UNIVERSITY),
        Person("librarian", "partner_admin", others[0], PUBLISHER),
        Person("case-worker", "case_worker", others[2], ALLIANCE),
        Person("guardian", "guardian", f"{guardian.given} {guardian.family}", DISTRICT_NAME,
               guardian.id),
        Person("student", "student", f"{student.given} {student.family}", DISTRICT_NAME,
               student.id),
        Person("analyst", "analyst", others[3], BACKBONE),
        Person("backbone", "backbone", others[4], BACKBONE),
        Person("zone-analyst", "analyst", others[7], ALLIANCE),
        Person("library-analyst", "analyst", others[8], LIBRARY),
    )  # fmt: skip
    return Cast(people, child, guardian, homeroom, student)


def _child(of: District, programs: Sequence[Taken]) -> tuple[Student, SchoolClass]:
    """A child of the zone's programs with a sister or brother and two adults, in a homeroom where
    others are engaged too."""
    homerooms = {s.id: each for each in of.classes if each.homeroom for s in each.students}
    siblings: dict[str, list[Student]] = {}
    for student in of.students:
        siblings.setdefault(student.contacts[0].id, []).append(student)
    engaged = _active(programs)
    anywhere = {each.student.id for program in programs for each in program.engaged}
    there = {student.id for student in engaged}
    fitting = [
        (sum(other.id in there for other in homerooms[student.id].students), student)
        for student in engaged
        if student.id in homerooms
        and student.contacts[0].relation == "parent"
        and student.contacts[1:]
        and _one_sibling(student, siblings[student.contacts[0].id], anywhere)
    ]
    child = max(fitting, key=lambda found: (found[0], found[1].id))[1]
    return child, homerooms[child.id]


def _one_sibling(child: Student, children: Sequence[Student], engaged: set[str]) -> bool:
    others = [other for other in children if other is not child]
    return len(others) == 1 and others[0].id not in engaged


def _student(year: int, programs: Sequence[Taken]) -> Student:
    """Old enough to see the own record alone, and in one of the zone's programs."""
    born = date(year - 1 - OLD_ENOUGH, 7, 1)
    return next(student for student in _active(programs) if student.born < born)


def _active(programs: Sequence[Taken]) -> list[Student]:
    """Who has a place in those programs of the zone that hold sessions, and keeps it."""
    return [
        each.student
        for program in programs
        if program.organization.name == ALLIANCE and program.held
        for each in [e for e in program.engaged if e.weekly][: program.offer.capacity]
        if each.then is None
    ]
