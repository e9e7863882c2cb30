"""Schools, classes and who teaches them, as the roster has them."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.contracts.base import Answer
from shared.contracts.students.student import StudentSummary


class RosterStatus(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"


class School(Answer):
    """An organization of a roster: a school, its district, a department."""

    id: UUID
    source: UUID
    name: str
    type: str
    identifier: str | None
    parent_id: UUID | None
    status: RosterStatus


class SchoolClass(Answer):
    id: UUID
    source: UUID
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
    """The first 200 current students that the caller may see; all by `/v1/students?class_id=`."""

    teachers: list[Teacher]
    students: list[StudentSummary]


class StaffRole(Answer):
    role: str
    school_id: UUID
    begins_on: date | None
    ends_on: date | None


class Staff(Answer):
    id: UUID
    source: UUID
    given_name: str
    family_name: str
    identifier: str | None
    email: str | None
    roles: list[StaffRole]
