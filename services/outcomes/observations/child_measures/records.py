"""The tables of measures: of each child, and added up by school and grade."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from shared.persistence.records import Record

NO_SCHOOL = UUID(int=0)


class MeasuredStudentRow(SQLModel, table=True):
    """What the roster says of a child that groups need: no name, no date of birth. `grade` is
    Ed-Fi's level."""

    __tablename__ = "measured_student"

    student_id: UUID = Field(primary_key=True)
    grade: str | None = None


class AttendanceMeasureRow(Record, table=True):
    """A child's attendance in a school year. `grade` is Ed-Fi's level when
    the year was first counted, null until the roster is known."""

    __tablename__ = "attendance_measure"
    __table_args__: ClassVar = (UniqueConstraint("student_id", "school_year"),)

    student_id: UUID
    school_year: int
    school_id: UUID
    grade: str | None = None
    days_enrolled: int
    days_attended: int
    as_of: date


class DosageMeasureRow(Record, table=True):
    """The dosage of an engagement."""

    __tablename__ = "dosage_measure"
    __table_args__: ClassVar = (Index("dosage_measure_student", "student_id"),)

    engagement_id: UUID = Field(unique=True)
    student_id: UUID
    program_id: UUID
    partner_id: UUID
    planned_minutes: int
    delivered_minutes: int
    as_of: date


class AttendanceTotalRow(SQLModel, table=True):
    """Attendance added up; kept to the child by every reaction. Who has no grade is under
    `Other`."""

    __tablename__ = "school_attendance"

    school_year: int = Field(primary_key=True)
    school_id: UUID = Field(primary_key=True)
    grade: str = Field(primary_key=True)
    students: int
    chronically_absent: int
    days_enrolled: int = Field(sa_type=BigInteger)
    days_attended: int = Field(sa_type=BigInteger)
    as_of: date
