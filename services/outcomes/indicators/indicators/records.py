"""The tables of indicators and their definitions."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from shared.persistence.records import Record, new_id, utc_now


class IndicatorRow(Record, table=True):
    __tablename__ = "indicator"

    key: str = Field(unique=True)
    name: str
    outcome: str = Field(sa_type=String)
    derivation: str | None = Field(default=None, sa_type=String)
    definition: int = 0


indicator: Any = IndicatorRow


class DefinitionRow(SQLModel, table=True):
    """One definition: written once, never changed."""

    __tablename__ = "indicator_definition"
    __table_args__: ClassVar = (UniqueConstraint("indicator_id", "number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    indicator_id: UUID = Field(foreign_key="indicator.id")
    number: int
    level: str
    unit: str
    direction: str
    period_kind: str
    universe: str
    numerator: str
    denominator: str
    source: str
    formula: str
    account_id: UUID
    defined_at: datetime = Field(default_factory=utc_now, sa_type=DateTime(timezone=True))


indicator_definition: Any = DefinitionRow
