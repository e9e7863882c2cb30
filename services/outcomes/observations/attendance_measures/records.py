"""The tables of children's attendance, and of its sums by place and grade."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.persistence.records import Record


class AttendanceMeasureRow(Record, table=True):
    """A child's attendance in a school year. `grade` is the Ed-Fi level when the year was first
    counted, null until the roster is known. `parts`: the year as it is in the sums, as `Part`.

    `added`: the version that the sums hold. The release before counts without it, so that another
    version than `version` is to be added again. `judged_from`: the least number of days by which the
    parts were judged.
    """

    __tablename__ = "attendance_measure"
    __table_args__: ClassVar = (
        UniqueConstraint("student_id", "school_year"),
        Index(
            "attendance_measure_stale",
            "id",
            postgresql_where=text("added is distinct from version"),
        ),
    )

    student_id: UUID
    school_year: int
    school_id: UUID
    grade: str | None = None
    days_enrolled: int
    days_attended: int
    hundredths_attended: int | None = None
    as_of: date
    parts: list[dict[str, Any]] = Field(
        default=[], sa_type=JSONB, sa_column_kwargs={"server_default": "[]"}
    )
    added: int | None = None
    judged_from: int | None = None


attendance_measure: Any = AttendanceMeasureRow


class AttendanceSumRow(SQLModel, table=True):
    """The sums of a place: a school's own days under its id, and each child's whole year once under
    `all`; under an empty place those with days whose school is not known. Every reaction keeps them exact. A child without a grade counts under `Other`. `judged`:
    the children with enough days to be chronically absent or not."""

    __tablename__ = "attendance_sum"

    school_year: int = Field(primary_key=True)
    place: str = Field(primary_key=True)
    grade: str = Field(primary_key=True)
    students: int
    judged: int
    chronically_absent: int
    days_enrolled: int = Field(sa_type=BigInteger)
    hundredths_attended: int = Field(sa_type=BigInteger)
    as_of: date


attendance_sum: Any = AttendanceSumRow


class AttendanceTotalRow(SQLModel, table=True):
    """The sums as the release before reads and writes them: a child's whole year at the school of
    its last day. The next release drops the table."""

    __tablename__ = "school_attendance"

    school_year: int = Field(primary_key=True)
    school_id: UUID = Field(primary_key=True)
    grade: str = Field(primary_key=True)
    students: int
    chronically_absent: int
    days_enrolled: int = Field(sa_type=BigInteger)
    days_attended: int = Field(sa_type=BigInteger)
    as_of: date


school_attendance: Any = AttendanceTotalRow
