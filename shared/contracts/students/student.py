"""A child as the district's roster knows it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from shared.contracts.base import Answer, Body, Event
from shared.contracts.grade import Grade
from shared.contracts.students.access import Access
from shared.contracts.students.amendment import Statement
from shared.formats.texts import is_name

FIRST_BIRTH_DATE = date(1900, 1, 1)
IDENTIFIERS = 20


def _ensure_name(value: str) -> str:
    if not is_name(value):
        raise PydanticCustomError(
            "name_without_letters", "A name has a letter; without a name the field is left out"
        )
    return value


Name = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=255, pattern=r"^[^=+@\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
    ),
    AfterValidator(_ensure_name),
]
"""A name without control characters, and not beginning as a spreadsheet formula does."""
ONE_NAME = "Empty for a person with one name, which is the given name."
LEFT_OUT = "Left out for a person with one name, which is the given name."
Label = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")
]


StudentName = Annotated[
    str | None,
    Field(
        description="What the child is called; null where its identity is withheld from the caller,"
        " and in a part of the child's own page."
    ),
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


class Identifier(Answer):
    """The child's identifier in another register. `kind` is as the source names it."""

    source: UUID
    source_name: str | None
    kind: str
    value: str


class IdentifierDraft(Body):
    kind: Label
    value: Label


class Demographics(Answer):
    """OneRoster 1.2 demographics. A field is null where the source does not give it."""

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
    current: bool = Field(description="Whether the child attends the school today.")


class ClassEnrollment(Answer):
    class_id: UUID
    title: str
    class_code: str | None
    school_id: UUID
    school_name: str
    begins_on: date | None
    ends_on: date | None
    current: bool


class Enrollments(Answer):
    """The child's schools and classes, and its identifiers in the sources."""

    schools: list[SchoolEnrollment]
    classes: list[ClassEnrollment]
    identifiers: list[Identifier]


class StudentSummary(Answer):
    """A child in a list, with its identity alone."""

    id: UUID
    version: int
    given_name: str
    family_name: str = Field(description=ONE_NAME)
    preferred_given_name: str | None
    grade: str | None
    school_id: UUID | None
    school_name: str | None
    status: StudentStatus


class Student(Answer):
    """A child as the caller may see it. A withheld part is null, and `access` names its clause."""

    id: UUID
    version: int
    given_name: str | None
    family_name: str | None = Field(description=ONE_NAME)
    preferred_given_name: str | None
    grade: str | None
    school_id: UUID | None
    school_name: str | None
    status: StudentStatus
    middle_name: str | None
    preferred_family_name: str | None
    source: UUID
    source_name: str | None
    enrollments: Enrollments | None
    demographics: Demographics | None
    statements: list[Statement] = Field(
        default=[], description="The family's statements on the released parts."
    )
    access: Access


EnrolledOn = Annotated[
    date | None,
    Field(
        ge=FIRST_BIRTH_DATE,
        description="The child's first day at the school; today if left out. The child is on no"
        " roll of an earlier day.",
    ),
]


class StudentDraft(Body):
    given_name: Name
    family_name: Name | None = Field(default=None, description=LEFT_OUT)
    middle_name: Name | None = None
    preferred_given_name: Name | None = None
    preferred_family_name: Name | None = None
    birth_date: date | None = Field(default=None, ge=FIRST_BIRTH_DATE)
    sex: Sex | None = None
    grade: Grade | None = None
    school_id: UUID | None = None
    enrolled_on: EnrolledOn = None
    identifiers: list[IdentifierDraft] = Field(default=[], max_length=IDENTIFIERS)


class StudentChange(Body):
    """Only the fields that are sent change. `null` empties a field that may be empty."""

    given_name: Name = Field(default_factory=str)
    family_name: Name | None = Field(default=None, description=LEFT_OUT)
    middle_name: Name | None = None
    preferred_given_name: Name | None = None
    preferred_family_name: Name | None = None
    birth_date: date | None = Field(default=None, ge=FIRST_BIRTH_DATE)
    sex: Sex | None = None
    grade: Grade | None = None
    school_id: UUID | None = None
    enrolled_on: EnrolledOn = None
    status: StudentStatus = Field(default_factory=lambda: StudentStatus.ACTIVE)


class StudentRostered(Event):
    """An import or a change touched a child's record. The event carries the child's state."""

    type: ClassVar[str] = "students.student.rostered.v1"
    student_id: UUID
    school_id: UUID | None
    grade: str | None
    status: StudentStatus
