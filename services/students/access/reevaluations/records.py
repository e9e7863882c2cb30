"""The tables of the re-evaluations that wait, and of the moment up to which the clock was checked."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index
from sqlmodel import Field, SQLModel


class ReviewRow(SQLModel, table=True):
    """A re-evaluation that waits. `partner_id` null means all partners. The lowest `rank` comes first: one
    family's decision does not wait behind a whole district's agreement."""

    __tablename__ = "review"
    __table_args__: ClassVar = (Index("review_next", "rank", "position"),)

    position: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(),)
    )
    student_id: UUID
    partner_id: UUID | None = None
    rank: int


review: Any = ReviewRow


class ReviewClockRow(SQLModel, table=True):
    """One row: everything that began or ended up to `looked_at` has its re-evaluation."""

    __tablename__ = "review_clock"

    id: int = Field(default=1, primary_key=True)
    looked_at: datetime = Field(sa_type=DateTime(timezone=True))


review_clock: Any = ReviewClockRow
