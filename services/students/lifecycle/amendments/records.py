"""The table of amendments for which families asked."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String
from sqlmodel import Field

from shared.persistence.records import Record


class AmendmentRow(Record, table=True):
    __tablename__ = "amendment"
    __table_args__: ClassVar = (Index("amendment_of_student", "student_id", "id"),)

    student_id: UUID = Field(foreign_key="student.id")
    status: str = Field(sa_type=String)
    category: str = Field(sa_type=String)
    what: str
    why: str
    asked_by: UUID = Field(foreign_key="person.id")
    asked_by_account: UUID
    decided_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    decided_by: UUID | None = None
    reason: str | None = None
    hearing_on: date | None = None
    hearing_finding: str | None = None
    statement: str | None = None
    statement_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


amendment: Any = AmendmentRow
