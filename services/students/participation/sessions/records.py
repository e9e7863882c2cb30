"""The tables of sessions and of the marks of attendance at them."""

from datetime import date, time
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, String
from sqlmodel import Field, SQLModel

from shared.persistence.records import Record


class ProgramSessionRow(Record, table=True):
    __tablename__ = "program_session"
    __table_args__: ClassVar = (Index("program_session_dates", "program_id", "held_on"),)

    program_id: UUID = Field(foreign_key="offered_program.program_id")
    partner_id: UUID = Field(index=True)
    held_on: date
    starts_at: time | None = None
    minutes: int
    place: str | None = None
    status: str = Field(sa_type=String)


program_session: Any = ProgramSessionRow


class SessionMarkRow(SQLModel, table=True):
    """One engaged student's attendance at one session."""

    __tablename__ = "session_mark"

    session_id: UUID = Field(primary_key=True, foreign_key="program_session.id")
    engagement_id: UUID = Field(primary_key=True, index=True, foreign_key="engagement.id")
    category: str = Field(sa_type=String)
    minutes_attended: int


session_mark: Any = SessionMarkRow
