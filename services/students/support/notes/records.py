"""The table of notes."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String
from sqlmodel import Field

from shared.persistence.records import Record


class NoteRow(Record, table=True):
    """A note. `of_record`: the school or the district wrote it, so that it is part of the education
    record. A withdrawn note has no text."""

    __tablename__ = "note"
    __table_args__: ClassVar = (Index("note_of_student", "student_id", "id"),)

    student_id: UUID = Field(foreign_key="student.id")
    audience: str = Field(sa_type=String)
    text: str | None
    of_record: bool
    partner_id: UUID
    author_account: UUID
    author_role: str = Field(sa_type=String)
    withdrawn_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


note: Any = NoteRow
