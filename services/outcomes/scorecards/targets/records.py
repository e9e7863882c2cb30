"""The table of targets."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Numeric, UniqueConstraint
from sqlmodel import Field

from shared.persistence.records import Record


class TargetRow(Record, table=True):
    __tablename__ = "target"
    __table_args__: ClassVar = (
        UniqueConstraint("scorecard_id", "indicator_id", "dimension", "group"),
    )

    scorecard_id: UUID = Field(foreign_key="scorecard.id")
    indicator_id: UUID = Field(foreign_key="indicator.id")
    dimension: str
    group: str
    value: Decimal = Field(sa_type=Numeric(9, 1))
    unit: str
    due_on: date
    baseline_period: str | None = None
