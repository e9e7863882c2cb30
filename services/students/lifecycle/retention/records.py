"""The table of departures."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel


class DepartureRow(SQLModel, table=True):
    """The day from which a child is known to have left. The retention times of its data begin on
    it."""

    __tablename__ = "departure"

    student_id: UUID = Field(primary_key=True, foreign_key="student.id")
    left_on: date = Field(index=True)


departure: Any = DepartureRow
