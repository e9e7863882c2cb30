"""The tables of measured children and of their dosage."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from shared.persistence.records import Record


class MeasuredStudentRow(SQLModel, table=True):
    """The part of a child's roster that groups need: no name, no date of birth. `grade` is an Ed-Fi
    level."""

    __tablename__ = "measured_student"

    student_id: UUID = Field(primary_key=True)
    grade: str | None = None


measured_student: Any = MeasuredStudentRow


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


dosage_measure: Any = DosageMeasureRow
