"""A child as the district's roster knows it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Answer, Body, Event
from shared.contracts.students.access import Access
from shared.contracts.students.amendment import Statement

FIRST_BIRTH_DATE = date(1900, 1, 1)
IDENTIFIERS = 20

Name = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=255, pattern=r"^[^=+@\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
    ),
]
"""A name without control characters and without what a spreadsheet would compute."""
Label = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class StudentStatus(StrEnum):
    ACTIVE = "active"
    LEFT = "left"


class Sex(StrEnum):
    """OneRoster 1.2 `gender`."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNSPECIFIED = "unspecified"


class Grade(StrEnum):
    """CEDS entry grade levels, as OneRoster writes them."""

    INFANT_TODDLER = "IT"
    PRESCHOOL = "PR"
    PREKINDERGARTEN = "PK"
    TRANSITIONAL_KINDERGARTEN = "TK"
    KINDERGARTEN = "KG"
    FIRST = "01"
    SECOND = "02"
    THIRD = "03"
    FOURTH = "04"
    FIFTH = "05"
    SIXTH = "06"
    SEVENTH = "07"
    EIGHTH = "08"
    NINTH = "09"
    TENTH = "10"
    ELEVENTH = "11"
    TWELFTH = "12"
    THIRTEENTH = "13"
    POSTSECONDARY = "PS"
    UNGRADED = "UG"
    ADULT_BASIC = "ABE"
    ADULT_SECONDARY = "ASE"
    ADULT_LANGUAGE = "AdultESL"


class Identifier(Answer):
    """The child in another register: `kind` as the source names it."""

    source: UUID
    kind: str
    value: str


class IdentifierDraft(Body):
    kind: Label
    value: Label


class Demographics(Answer):
    """OneRoster 1.2 demographics; null where the source says nothing."""

    birth_date: date | None
    sex: str | None
    american_indian_or_alaska_native: bool | None
    asian: bool | None
    black_or_african_american: bool | None
    native_hawaiian_or_other_pacific_islander: bool | None
    white: bool | None
    two_or_more_races: bool | None
    hispanic_or_latino: bool | None
    country_of_birth: str | None
    state_of_birth: str | None
    city_of_birth: str | None
    public_school_residence_status: str | None


class SchoolEnrollment(Answer):
    school_id: UUID
    school_name: str
    primary: bool
    begins_on: date | None
    ends_on: date | None


class ClassEnrollment(Answer):
    class_id: UUID
    title: str
    class_code: str | None
    school_id: UUID
    begins_on: date | None
    ends_on: date | None
    current: bool


class Enrollments(Answer):
    """Where the child is enrolled, and how the sources know it."""

    schools: list[SchoolEnrollment]
    classes: list[ClassEnrollment]
    identifiers: list[Identifier]


class StudentSummary(Answer):
    """A child in a list: no more than its identity."""

    id: UUID
    version: int
    given_name: str
    family_name: str
    preferred_given_name: str | None
    grade: str | None
    school_id: UUID | None
    school_name: str | None
    status: StudentStatus


class Student(Answer):
    """A child with what the caller may see of it; a withheld part is null and named in `access`."""

    id: UUID
    version: int
    given_name: str | None
    family_name: str | None
    preferred_given_name: str | None
    grade: str | None
    school_id: UUID | None
    school_name: str | None
    status: StudentStatus
    middle_name: str | None
    preferred_family_name: str | None
    source: UUID
    enrollments: Enrollments | None
    demographics: Demographics | None
    statements: list[Statement] = Field(
        default=[], description="What the family says of released parts that it holds for wrong."
    )
    access: Access


class StudentDraft(Body):
    given_name: Name
    family_name: Name
    middle_name: Name | None = None
    preferred_given_name: Name | None = None
    preferred_family_name: Name | None = None
    birth_date: date | None = Field(default=None, ge=FIRST_BIRTH_DATE)
    sex: Sex | None = None
    grade: Grade | None = None
    school_id: UUID | None = None
    identifiers: list[IdentifierDraft] = Field(default=[], max_length=IDENTIFIERS)


class StudentChange(Body):
    """Only the fields that are sent change; `null` empties one that may be empty."""

    given_name: Name = Field(default_factory=str)
    family_name: Name = Field(default_factory=str)
    middle_name: Name | None = None
    preferred_given_name: Name | None = None
    preferred_family_name: Name | None = None
    birth_date: date | None = Field(default=None, ge=FIRST_BIRTH_DATE)
    sex: Sex | None = None
    grade: Grade | None = None
    school_id: UUID | None = None
    status: StudentStatus = Field(default_factory=lambda: StudentStatus.ACTIVE)


class StudentRostered(Event):
    """A child's record was touched by an import or a change; carries its state."""

    type: ClassVar[str] = "students.student.rostered.v1"
    student_id: UUID
    school_id: UUID | None
    grade: str | None
    status: StudentStatus
