"""The tables of children."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlmodel import Field, SQLModel

from shared.contracts.students.student import StudentStatus
from shared.persistence.records import Record


class StudentRow(Record, table=True):
    """The aggregate of a child: its contacts, enrollments and identifiers. A change of any of them is
    announced as a change of the child. The child's name is in its `person`."""

    __tablename__ = "student"
    __table_args__: ClassVar = (
        Index("student_of_school", "school_id", "grade"),
        Index("student_of_birth_date", "source", "birth_date"),
    )

    id: UUID = Field(primary_key=True, foreign_key="person.id")
    source: UUID = Field(index=True)
    school_id: UUID | None = Field(default=None, foreign_key="org.id")
    """Of the schools that the child attends today the primary one, for lists and events. Access and
    rolls read the roles themselves."""
    grade: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    status: str = Field(default=StudentStatus.ACTIVE, sa_type=String)
    directory_opt_out: bool = Field(
        default=False, sa_column_kwargs={"server_default": text("false")}
    )
    """The family has opted out: nothing of the child is disclosed as directory information
    (34 CFR 99.37)."""


student: Any = StudentRow


class RosterClockRow(SQLModel, table=True):
    """One row: the school and the status of every child are those of `day`."""

    __tablename__ = "roster_clock"

    id: int = Field(default=1, primary_key=True)
    day: date


roster_clock: Any = RosterClockRow


class StudentIdentifierRow(SQLModel, table=True):
    __tablename__ = "student_identifier"
    __table_args__: ClassVar = (Index("student_identifier_value", "value"),)

    student_id: UUID = Field(primary_key=True, foreign_key="student.id")
    source: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    rostered: bool = True
    """True for an identifier that came with a roster, and leaves with it; false for one that was
    entered by hand."""


student_identifier: Any = StudentIdentifierRow


class DemographicRow(SQLModel, table=True):
    __tablename__ = "demographic"

    student_id: UUID = Field(primary_key=True, foreign_key="student.id")
    american_indian_or_alaska_native: bool | None = None
    asian: bool | None = None
    black_or_african_american: bool | None = None
    native_hawaiian_or_other_pacific_islander: bool | None = None
    white: bool | None = None
    two_or_more_races: bool | None = None
    hispanic_or_latino: bool | None = None
    country_of_birth: str | None = None
    state_of_birth: str | None = None
    city_of_birth: str | None = None
    public_school_residence_status: str | None = None


demographic: Any = DemographicRow
