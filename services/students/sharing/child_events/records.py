"""The table of the events about children: ids, category and time."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class ChildEventRow(SQLModel, table=True):
    """An event about one child. `partner_id`: the partner whose own record changed, for engagements
    and dosage. `waiting`: no decision for the partners has been made. The rows stay as long as the
    stream keeps its events; the log of 34 CFR 99.32 is another table."""

    __tablename__ = "child_event"
    __table_args__: ClassVar = (
        UniqueConstraint("event_id", "student_id"),
        Index("child_event_waiting", "position", postgresql_where=text("waiting")),
        Index("child_event_of", "student_id", "position"),
        Index("child_event_time", "time"),
    )

    position: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(),)
    )
    event_id: UUID
    type: str
    category: str = Field(sa_type=String)
    student_id: UUID
    partner_id: UUID | None = None
    aggregate_id: UUID
    time: datetime = Field(sa_type=DateTime(timezone=True))
    waiting: bool


child_event: Any = ChildEventRow
