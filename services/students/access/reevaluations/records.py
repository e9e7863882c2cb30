"""The tables of what is to be asked again, and of how far the clock has been looked at."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index
from sqlmodel import Field, SQLModel


class ReviewRow(SQLModel, table=True):
    """`partner_id` null: all partners. The lowest `rank` first: one family's word does not wait
    behind a whole district's agreement."""

    __tablename__ = "review"
    __table_args__: ClassVar = (Index("review_next", "rank", "position"),)

    position: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(),)
    )
    student_id: UUID
    partner_id: UUID | None = None
    rank: int


class ReviewClockRow(SQLModel, table=True):
    """One row: whatever began or ended until then has been asked for."""

    __tablename__ = "review_clock"

    id: int = Field(default=1, primary_key=True)
    looked_at: datetime = Field(sa_type=DateTime(timezone=True))
