"""The tables that editions have published."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Integer
from sqlmodel import Field, SQLModel


class PublishedTableRow(SQLModel, table=True):
    """The groups of one definition and period as an edition shows them. `cells` is JSON.
    `place_ids` are the places that its scorecard named, `covers` those of them whose people are in
    the figures: the schools, for the roster, and 0 for children without one. Rows stay when the
    edition is withdrawn: what was public once stays known."""

    __tablename__ = "published_table"

    edition_id: UUID = Field(primary_key=True, foreign_key="edition.id")
    indicator_id: UUID = Field(primary_key=True, foreign_key="indicator.id", index=True)
    definition: int = Field(primary_key=True)
    period: str = Field(primary_key=True)
    place_ids: list[int] = Field(sa_type=ARRAY(Integer))
    covers: list[int] = Field(sa_type=ARRAY(Integer))
    minimum_cell: int
    as_of: datetime = Field(sa_type=DateTime(timezone=True))
    cells: str


published_table: Any = PublishedTableRow
