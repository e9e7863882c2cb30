"""The tables of the marks of school days, and of their totals per school year."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, SmallInteger, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.contracts.students.school import NO_SCHOOL
from shared.persistence.records import Record


class AttendanceMarkRow(SQLModel, table=True):
    """One student's mark for one day at one school. The table has no foreign keys: checking them
    would cost an import of half a million days more than writing the days. Its only writers join on
    the student.

    `hundredths`: of the day, the part that the student was there; null where the category alone
    says it.
    """

    __tablename__ = "attendance_mark"
    __table_args__: ClassVar = (
        Index(
            "attendance_mark_without_school",
            "student_id",
            "held_on",
            postgresql_where=text(f"school_id = '{NO_SCHOOL}'"),
        ),
    )

    student_id: UUID = Field(primary_key=True)
    held_on: date = Field(primary_key=True)
    school_id: UUID = Field(primary_key=True)
    category: str = Field(sa_type=String)
    hundredths: int | None = Field(default=None, sa_type=SmallInteger)


attendance_mark: Any = AttendanceMarkRow


class AttendanceDayRow(SQLModel, table=True):
    """The marks as the release before reads and writes them: one a student and day. Triggers keep
    the two tables alike while both releases run (migration 0022); the next release drops it."""

    __tablename__ = "attendance_day"

    student_id: UUID = Field(primary_key=True)
    held_on: date = Field(primary_key=True)
    category: str = Field(sa_type=String)
    school_id: UUID | None = None


attendance_day: Any = AttendanceDayRow


class AttendanceTotalRow(Record, table=True):
    """A student's totals in one school year, as they are announced. They are written with the marks,
    in one transaction. `schools`: the parts of the year, one for each school, as
    `AttendanceAtSchool`.

    `counted`: the version at the last count. Another one is of the release before. Null or 0: the
    totals are to be counted again; other than 0, and announced again even if they stay as they are.
    """

    __tablename__ = "attendance_total"
    __table_args__: ClassVar = (
        Index("attendance_total_of_year", "student_id", "school_year", unique=True),
        Index(
            "attendance_total_stale",
            "student_id",
            "school_year",
            postgresql_where=text("counted is distinct from version"),
        ),
    )

    student_id: UUID = Field(foreign_key="student.id")
    school_year: int
    school_id: UUID | None = None
    days_enrolled: int
    days_attended: int
    hundredths_attended: int | None = None
    days_excused: int
    days_tardy: int
    as_of: date
    schools: list[dict[str, Any]] = Field(
        default=[], sa_type=JSONB, sa_column_kwargs={"server_default": "[]"}
    )
    counted: int | None = None


attendance_total: Any = AttendanceTotalRow
