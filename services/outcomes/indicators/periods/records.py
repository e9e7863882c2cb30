"""The table of periods that observations are about."""

from datetime import date
from typing import Any

from sqlmodel import Field, SQLModel


class PeriodRow(SQLModel, table=True):
    __tablename__ = "reporting_period"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    label: str = Field(unique=True)
    starts_on: date
    ends_on: date
    rank: int


reporting_period: Any = PeriodRow
