"""Schools, classes and their teachers, as the roster has them."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.students.student import StudentSummary

NO_SCHOOL = UUID(int=0)
"""Of a day whose school neither a file nor the roster tells, where a key must name one."""
ABOVE_SCHOOLS = ("district", "local", "state", "national")
"""The types of organizations, of OneRoster, that nobody attends."""


class RosterStatus(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"


class School(Answer):
    """An organization of a roster: a school, its district, a department."""

    id: UUID
    source: UUID
    source_name: str | None
    name: str
    type: str
    identifier: str | None
    parent_id: UUID | None
    parent_name: str | None
    partner_id: UUID | None = Field(
        description="The school as a partner, once its district has said which."
    )
    partner_name: str | None
    status: RosterStatus


class SchoolPartnerDraft(Body):
    """The partner that the school is; null, where it is none, or the wrong one was said."""

    partner_id: UUID | None


class SchoolPartner(Answer):
    """A school of the roster, and the partner that it is."""

    school_id: UUID
    school_name: str
    version: int
    partner_id: UUID | None
    partner_name: str | None


class SchoolLinked(Event):
    """A district said which partner a school of its roster is; null: none."""

    type: ClassVar[str] = "students.school.linked.v1"

    school_id: UUID
    partner_id: UUID | None


class SchoolClass(Answer):
    id: UUID
    source: UUID
    source_name: str | None
    title: str
    class_code: str | None
    class_type: str
    grades: list[str]
    subjects: list[str]
    periods: list[str]
    location: str | None
    school_id: UUID
    school_name: str
    course_id: UUID
    course_title: str
    begins_on: date | None
    ends_on: date | None
    status: RosterStatus


class Teacher(Answer):
    staff_id: UUID
    given_name: str
    family_name: str
    role: str
    begins_on: date | None
    ends_on: date | None


class ClassWithStudents(SchoolClass):
    """A class with its teachers and the first 200 current students whom the caller may see.
    `/v1/students?class_id=` gives all of them."""

    teachers: list[Teacher]
    students: list[StudentSummary]


class StaffRole(Answer):
    role: str
    school_id: UUID
    school_name: str
    begins_on: date | None
    ends_on: date | None


class Staff(Answer):
    id: UUID
    source: UUID
    source_name: str | None
    given_name: str
    family_name: str
    identifier: str | None
    email: str | None
    roles: list[StaffRole]
