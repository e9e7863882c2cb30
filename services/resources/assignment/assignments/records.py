"""The tables of assignments."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, UniqueConstraint
from sqlmodel import Field, SQLModel

from shared.persistence.records import Record, new_id


class AssignmentRow(Record, table=True):
    __tablename__ = "assignment"

    status: str
    resource_id: UUID | None = Field(default=None, foreign_key="resource.id", index=True)
    collection_id: UUID | None = Field(default=None, foreign_key="collection.id", index=True)
    title: str
    student_id: UUID | None = Field(default=None, index=True)
    class_id: UUID | None = Field(default=None, index=True)
    assigned_by: UUID = Field(index=True)
    partner_id: UUID | None = None
    due_on: date | None = None
    instructions: str = ""
    finished_count: int = 0


assignment: Any = AssignmentRow


class CompletionRow(SQLModel, table=True):
    __tablename__ = "completion"
    __table_args__: ClassVar = (
        UniqueConstraint("assignment_id", "student_id", name="completion_once"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    assignment_id: UUID = Field(foreign_key="assignment.id")
    student_id: UUID = Field(index=True)
    recorded_by: UUID
    finished_at: datetime = Field(sa_type=DateTime(timezone=True))


completion: Any = CompletionRow
