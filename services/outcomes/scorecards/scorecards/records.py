"""The table of scorecards."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Uuid
from sqlmodel import Field

from shared.persistence.records import Record


class ScorecardRow(Record, table=True):
    """One per partnership. `place_ids` are added up; `indicator_ids` are in the order shown."""

    __tablename__ = "scorecard"

    partnership_id: UUID = Field(unique=True)
    title: str
    minimum_cell: int
    place_ids: list[int] = Field(sa_type=ARRAY(Integer))
    indicator_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))


scorecard: Any = ScorecardRow
