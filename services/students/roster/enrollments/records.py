"""The table of enrollments in classes."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, String
from sqlmodel import Field, SQLModel

from shared.contracts.students.school import RosterStatus
from shared.persistence.records import new_id


class EnrollmentRow(SQLModel, table=True):
    """A person in a class, as student, teacher, administrator or proctor."""

    __tablename__ = "enrollment"
    __table_args__: ClassVar = (
        Index("enrollment_of_source", "source", "source_id", unique=True),
        Index("enrollment_of_person", "person_id", "class_id"),
        Index("enrollment_in_class", "class_id", "role"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    source: UUID
    source_id: str
    class_id: UUID = Field(foreign_key="class.id")
    person_id: UUID = Field(foreign_key="person.id")
    role: str = Field(sa_type=String)
    is_primary: bool | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    status: str = Field(default=RosterStatus.ACTIVE, sa_type=String)


enrollment: Any = EnrollmentRow
