"""The table of what happened of children: ids, category and time."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class ChildEventRow(SQLModel, table=True):
    """`partner_id`: whose own record it is of, of engagements and dosage. `waiting`: no partner
    has been decided on. Kept as long as the stream itself keeps (34 CFR 99.32 is the log's)."""

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
