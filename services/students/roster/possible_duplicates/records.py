"""The table of records that may be of one child."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String
from sqlmodel import Field

from shared.contracts.students.possible_duplicate import DuplicateStatus
from shared.persistence.records import Record


class PossibleDuplicateRow(Record, table=True):
    """Two records, once. `student_id` is the later one: ids sort by the time of their making.
    The pair leaves with either record, whichever release erases it."""

    __tablename__ = "possible_duplicate"
    __table_args__: ClassVar = (
        Index("possible_duplicate_records", "student_id", "earlier_id", unique=True),
        Index("possible_duplicate_of_status", "source", "status", "id"),
    )

    source: UUID
    student_id: UUID = Field(foreign_key="student.id", ondelete="CASCADE")
    earlier_id: UUID = Field(index=True, foreign_key="student.id", ondelete="CASCADE")
    reason: str = Field(sa_type=String)
    status: str = Field(default=DuplicateStatus.OPEN, sa_type=String)
    decided_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    decided_by: UUID | None = None


possible_duplicate: Any = PossibleDuplicateRow
