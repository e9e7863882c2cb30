"""The table of calendars."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Date, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from shared.persistence.records import Record


class SchoolCalendarRow(Record, table=True):
    """What was given by hand for a school year: of a school, or with `NO_SCHOOL` of the district.
    Without days of its own, a school year has those of the roster's academic sessions."""

    __tablename__ = "school_calendar"
    __table_args__: ClassVar = (UniqueConstraint("source", "school_year", "school_id"),)

    source: UUID
    school_id: UUID
    school_year: int
    first_day: date | None = None
    last_day: date | None = None
    closed: list[date] = Field(default=[], sa_type=ARRAY(Date))


school_calendar: Any = SchoolCalendarRow
