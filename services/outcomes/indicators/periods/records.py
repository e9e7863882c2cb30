"""The table of periods that something was observed in."""

from datetime import date

from sqlmodel import Field, SQLModel


class PeriodRow(SQLModel, table=True):
    __tablename__ = "reporting_period"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    label: str = Field(unique=True)
    starts_on: date
    ends_on: date
    rank: int
