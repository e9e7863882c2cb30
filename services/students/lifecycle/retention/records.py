"""The table of departures."""

from datetime import date
from uuid import UUID

from sqlmodel import Field, SQLModel


class DepartureRow(SQLModel, table=True):
    """Since when a child is known to have left; from that day its data's times run."""

    __tablename__ = "departure"

    student_id: UUID = Field(primary_key=True, foreign_key="student.id")
    left_on: date = Field(index=True)
