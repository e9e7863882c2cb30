"""The days of a school year on which there is school."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event

MOST_CLOSED_DAYS = 366
CalendarDay = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31))]


class ClosedDays(Body):
    """The closed days of a district or of a school, whole. `first_day` and `last_day` of the school
    year are given where they differ from those of the roster's academic sessions, or the roster has
    none."""

    closed: list[CalendarDay] = Field(max_length=MOST_CLOSED_DAYS)
    first_day: CalendarDay | None = None
    last_day: CalendarDay | None = None


class SchoolCalendar(Answer):
    """The calendar of a district, or of one of its schools. There is school from Monday to Friday,
    from `begins_on` to `ends_on`, but for `closed` and `closed_by_district`. Where `begins_on` is
    null, no calendar is known, and every day may be a school day.

    `first_day`, `last_day` and `closed` are what was given for it, `version` is 0 where nothing was.
    """

    school_year: int = Field(description="The calendar year in which the school year ends.")
    school_id: UUID | None = Field(description="Null: the calendar of the whole district.")
    school_name: str | None
    version: int
    first_day: date | None
    last_day: date | None
    closed: list[date]
    closed_by_district: list[date]
    begins_on: date | None
    ends_on: date | None
    school_days: int | None = Field(description="The number of school days; null if not known.")


class CalendarChanged(Event):
    """The closed days of a district or of a school have changed, or the first or last day of its
    school year. `school_id`: null where it is the district's."""

    type: ClassVar[str] = "students.calendar.changed.v1"

    calendar_id: UUID
    source: UUID
    school_id: UUID | None
    school_year: int
