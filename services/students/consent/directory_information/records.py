"""The table of words about directory information: each is kept, the last one counts."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String
from sqlmodel import Field, SQLModel

from shared.persistence.records import new_id


class DirectoryChoiceRow(SQLModel, table=True):
    """Part of the child's record: its version is the child's. What counts is
    `StudentRow.directory_opt_out`; this is who said so, and when."""

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
