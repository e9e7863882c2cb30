"""The tables of courses and classes."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from shared.contracts.students.school import RosterStatus
from shared.persistence.records import new_id

TEXTS: Any = ARRAY(String)
IDS: Any = ARRAY(Uuid)


class CourseRow(SQLModel, table=True):
    __tablename__ = "course"
    __table_args__: ClassVar = (Index("course_of_source", "source", "source_id", unique=True),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    source: UUID
    source_id: str
    title: str
    course_code: str | None = None
    school_year_id: UUID | None = Field(default=None, foreign_key="academic_session.id")
    org_id: UUID = Field(foreign_key="org.id")
    grades: list[str] = Field(default=[], sa_type=TEXTS)
    subjects: list[str] = Field(default=[], sa_type=TEXTS)
    subject_codes: list[str] = Field(default=[], sa_type=TEXTS)
    status: str = Field(default=RosterStatus.ACTIVE, sa_type=String)


course: Any = CourseRow


class ClassRow(SQLModel, table=True):
    """`begins_on` and `ends_on` span the terms: they bound an enrollment that has no dates."""

    __tablename__ = "class"
    __table_args__: ClassVar = (Index("class_of_source", "source", "source_id", unique=True),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    source: UUID
    source_id: str
    title: str
    course_id: UUID = Field(foreign_key="course.id")
    class_code: str | None = None
    class_type: str = Field(sa_type=String)
    location: str | None = None
    school_id: UUID = Field(index=True, foreign_key="org.id")
    term_ids: list[UUID] = Field(default=[], sa_type=IDS)
    grades: list[str] = Field(default=[], sa_type=TEXTS)
    subjects: list[str] = Field(default=[], sa_type=TEXTS)
    subject_codes: list[str] = Field(default=[], sa_type=TEXTS)
    periods: list[str] = Field(default=[], sa_type=TEXTS)
    begins_on: date | None = None
    ends_on: date | None = None
    status: str = Field(default=RosterStatus.ACTIVE, sa_type=String)


school_class: Any = ClassRow
