"""Daily school attendance, and its totals per school year."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, String
from sqlmodel import Field, SQLModel

from shared.persistence.records import Record


class AttendanceDayRow(SQLModel, table=True):
    """One student's mark of one day. Without foreign keys, which would cost an import of half a
    million days more than the days; its only writers join on the student."""

    __tablename__ = "attendance_day"

    student_id: UUID = Field(primary_key=True)
    held_on: date = Field(primary_key=True)
    category: str = Field(sa_type=String)
    school_id: UUID | None = None


class AttendanceTotalRow(Record, table=True):
    """What is announced of a student's school year, kept with the days in one transaction."""

    __tablename__ = "attendance_total"
    __table_args__: ClassVar = (
        Index("attendance_total_of_year", "student_id", "school_year", unique=True),
    )

    student_id: UUID = Field(foreign_key="student.id")
    school_year: int
    school_id: UUID | None = None
    days_enrolled: int
    days_attended: int
    days_excused: int
    days_tardy: int
    as_of: date
