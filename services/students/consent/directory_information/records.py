"""The table of choices on directory information. Each is kept, and the latest counts."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String
from sqlmodel import Field, SQLModel

from shared.persistence.records import new_id


class DirectoryChoiceRow(SQLModel, table=True):
    """A choice, with the person who made it and the time. It is part of the child's record, and its
    version is the child's. The policy reads `StudentRow.directory_opt_out`."""

    __tablename__ = "directory_choice"
    __table_args__: ClassVar = (Index("directory_choice_of", "student_id", "id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    student_id: UUID = Field(foreign_key="student.id")
    opted_out: bool
    said_by: UUID = Field(foreign_key="person.id")
    recorded_by: UUID
    method: str = Field(sa_type=String)
    signed_on: date | None = None
    said_at: datetime = Field(sa_type=DateTime(timezone=True))


directory_choice: Any = DirectoryChoiceRow
