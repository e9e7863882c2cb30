"""Sessions of a program, and the attendance at each."""

from datetime import date, time
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.students.attendance import AttendanceCategory, Day
from shared.contracts.students.student import Label
from shared.contracts.written import LocalClock

MOST_MINUTES = 24 * 60
MOST_MARKS = 2_000


def _without_zone(given: time) -> time:
    if given.tzinfo is not None:
        raise ValueError("the local time of the place has no zone")
    return given


LocalTime = Annotated[LocalClock, AfterValidator(_without_zone)]


class SessionStatus(StrEnum):
    """The statuses of Salesforce PMM (vocabulary 5.5), in lower case."""

    PENDING = "pending"
    COMPLETE = "complete"
    CANCELED = "canceled"


class SessionDraft(Body):
    program_id: UUID
    held_on: Day
    starts_at: LocalTime | None = Field(default=None, description="The local time at the place.")
    minutes: int = Field(ge=1, le=MOST_MINUTES)
    place: Label | None = None


class SessionChange(Body):
    """The session as planned now; it replaces the earlier plan. A complete session can only be
    canceled. A canceled session is final."""

    held_on: Day
    starts_at: LocalTime | None = None
    minutes: int = Field(ge=1, le=MOST_MINUTES)
    place: Label | None = None
    status: SessionStatus = SessionStatus.PENDING


class ProgramSession(Answer):
    id: UUID
    version: int
    program_id: UUID
    program_name: str
    partner_id: UUID
    partner_name: str | None
    held_on: date
    starts_at: LocalClock | None
    minutes: int
    place: str | None
    status: SessionStatus


class SessionMark(Body):
    """One engaged student's attendance. Without `minutes_attended`, the minutes follow from the
    category."""

    engagement_id: UUID
    category: AttendanceCategory
    minutes_attended: int | None = Field(default=None, ge=0, le=MOST_MINUTES)


class SessionRoll(Body):
    """The attendance at a session. A student without a mark here keeps the earlier mark."""

    marks: list[SessionMark] = Field(min_length=1, max_length=MOST_MARKS)


class SessionAttendance(Answer):
    """One engaged student on a session's list. `category` is null before the roll is called. The
    names are null where they are withheld from the caller, for example after the engagement has
    ended."""

    engagement_id: UUID
    student_id: UUID
    given_name: str | None
    family_name: str | None
    preferred_given_name: str | None
    category: AttendanceCategory | None
    minutes_attended: int | None


class SessionPlanned(Event):
    """A session of a program is planned."""

    type: ClassVar[str] = "students.session.planned.v1"

    session_id: UUID
    program_id: UUID
    partner_id: UUID
    held_on: date
    minutes: int


class SessionChanged(Event):
    """A session was moved, completed or canceled."""

    type: ClassVar[str] = "students.session.changed.v1"

    session_id: UUID
    program_id: UUID
    partner_id: UUID
    held_on: date
    minutes: int
    status: SessionStatus


class SessionAttendanceTaken(Event):
    """The roll of a session was called, and the session is complete."""

    type: ClassVar[str] = "students.session.attendance-taken.v1"

    session_id: UUID
    program_id: UUID
    partner_id: UUID
    held_on: date
    marked: int
    attended: int
