"""The table of retractions. It outlives the child's record: a partner may still hold a copy."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from shared.persistence.records import new_id


class RetractionRow(SQLModel, table=True):
    """A retraction is open until `received_at`, the moment of its receipt, or `withdrawn_at`.
    `event_id`: the event in the partner's stream; null where the partner had no open stream.
    `earlier_receipts`: what the receipt said before each correction, the oldest first.
    `by_roster`: a roster had ended the child, or the contact who consented for it."""

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
    by_roster: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    withdrawn_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    earlier_receipts: list[dict[str, str]] = Field(
        default=[], sa_type=JSONB, sa_column_kwargs={"server_default": "[]"}
    )


retraction: Any = RetractionRow
