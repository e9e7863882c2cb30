"""The table of targets."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Numeric, UniqueConstraint
from sqlmodel import Field

from shared.persistence.records import Record


class TargetRow(Record, table=True):
    """`definition` is null in rows of releases that did not keep it: such a target was set for the
    definition in force at `updated_at`."""

    __tablename__ = "target"
    __table_args__: ClassVar = (
        UniqueConstraint("scorecard_id", "indicator_id", "definition", "dimension", "group"),
    )

    scorecard_id: UUID = Field(foreign_key="scorecard.id")
    indicator_id: UUID = Field(foreign_key="indicator.id")
    definition: int | None = None
    dimension: str
    group: str
    value: Decimal = Field(sa_type=Numeric(9, 1))
    unit: str
    due_on: date
    baseline_period: str | None = None


target: Any = TargetRow
