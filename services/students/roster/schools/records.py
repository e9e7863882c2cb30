"""The tables of organizations and academic sessions."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, String
from sqlmodel import Field, SQLModel

from shared.contracts.students.school import RosterStatus
from shared.persistence.records import new_id


class OrgRow(SQLModel, table=True):
    """An organization of a roster. Only an import changes it, which `students.roster.imported`
    announces."""

    __tablename__ = "org"
    __table_args__: ClassVar = (Index("org_of_source", "source", "source_id", unique=True),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    source: UUID
    source_id: str
    name: str
    type: str = Field(sa_type=String)
    identifier: str | None = None
    parent_id: UUID | None = Field(default=None, foreign_key="org.id")
    status: str = Field(default=RosterStatus.ACTIVE, sa_type=String)


org: Any = OrgRow


class AcademicSessionRow(SQLModel, table=True):
    __tablename__ = "academic_session"
    __table_args__: ClassVar = (
        Index("academic_session_of_source", "source", "source_id", unique=True),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    source: UUID
    source_id: str
    title: str
    type: str = Field(sa_type=String)
    starts_on: date
    ends_on: date
    school_year: int
    parent_id: UUID | None = Field(default=None, foreign_key="academic_session.id")
    status: str = Field(default=RosterStatus.ACTIVE, sa_type=String)


academic_session: Any = AcademicSessionRow
