"""The table of retractions. It outlives the child's record: somebody may still hold a copy."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from shared.persistence.records import new_id


class RetractionRow(SQLModel, table=True):
    """`event_id`: the event in the partner's stream; null where it had no open stream. Open until
    `received_at`, the receipt's day."""

    __tablename__ = "retraction"
    __table_args__: ClassVar = (
        Index("retraction_open", "partner_id", postgresql_where=text("received_at is null")),
        Index(
            "retraction_open_of_source", "source", "id",
            postgresql_where=text("received_at is null"),
        ),
        Index("retraction_of_student", "student_id"),
        Index("retraction_of_source", "source", "id"),
    )  # fmt: skip

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partner_id: UUID
    student_id: UUID
    source: UUID
    own_id: str | None = None
    categories: list[str] = Field(sa_type=ARRAY(String))
    why: str = Field(sa_type=String)
    event_id: UUID | None = None
    retracted_at: datetime = Field(sa_type=DateTime(timezone=True))
    receipt_due: datetime = Field(sa_type=DateTime(timezone=True))
    received_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    received_by: UUID | None = None
    deleted_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
