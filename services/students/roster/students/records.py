"""The tables of children."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlmodel import Field, SQLModel

from shared.contracts.students.student import StudentStatus
from shared.persistence.records import Record


class StudentRow(Record, table=True):
    """The aggregate of all that belongs to a child: contacts, enrollments, identifiers. Any
    change of them is announced as one of the child. Its name is in its `person`."""

    __tablename__ = "student"
    __table_args__: ClassVar = (Index("student_of_school", "school_id", "grade"),)

    id: UUID = Field(primary_key=True, foreign_key="person.id")
    source: UUID = Field(index=True)
    school_id: UUID | None = Field(default=None, foreign_key="org.id")
    grade: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    status: str = Field(default=StudentStatus.ACTIVE, sa_type=String)
    directory_opt_out: bool = Field(
        default=False, sa_column_kwargs={"server_default": text("false")}
    )
    """The family lets nothing of the child be told as directory information (34 CFR 99.37)."""


class StudentIdentifierRow(SQLModel, table=True):
    __tablename__ = "student_identifier"
    __table_args__: ClassVar = (Index("student_identifier_value", "value"),)

    student_id: UUID = Field(primary_key=True, foreign_key="student.id")
    source: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    rostered: bool = True
    """Came with a roster, and goes with it; false for what was entered by hand."""


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
