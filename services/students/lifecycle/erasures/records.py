"""The tables of erasures and confirmations. They outlive the child, and hold ids only."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from shared.persistence.records import Record


class ErasureRow(Record, table=True):
    """The certificate of an erasure. `student_id` has no foreign key, since the child's row is
    gone."""

    __tablename__ = "erasure"
    __table_args__: ClassVar = (Index("erasure_of_status", "source", "status", "id"),)

    student_id: UUID = Field(index=True)
    source: UUID = Field(index=True)
    """The district that kept the record."""
    ground: str = Field(sa_type=String)
    classes: list[str] = Field(sa_type=ARRAY(String))
    asked_by: UUID | None = None
    status: str = Field(sa_type=String)
    certified_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


erasure: Any = ErasureRow


class ConfirmationRow(SQLModel, table=True):
    __tablename__ = "erasure_confirmation"

    erasure_id: UUID = Field(primary_key=True, foreign_key="erasure.id")
    service: str = Field(primary_key=True)
    at: datetime = Field(sa_type=DateTime(timezone=True))
    rows: int


erasure_confirmation: Any = ConfirmationRow
