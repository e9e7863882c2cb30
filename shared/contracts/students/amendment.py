"""What a family wants amended in a child's record, what became of it, and the family's statement
(34 CFR 99.20 to 99.22)."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.students.access import Category

WORDS_CHARACTERS = 4_000


class AmendmentStatus(StrEnum):
    ASKED = "asked"
    AMENDED = "amended"
    DECLINED = "declined"


class AmendmentDraft(Body):
    """What is inaccurate, misleading or against the child's privacy, and why (99.20(a))."""

    category: Category
    what: str = Field(min_length=1, max_length=WORDS_CHARACTERS)
    why: str = Field(min_length=1, max_length=WORDS_CHARACTERS)


class AmendmentDecision(Body):
    """The district's answer; without a reason nothing is declined (99.20(c))."""

    amended: bool
    reason: str | None = Field(default=None, min_length=1, max_length=WORDS_CHARACTERS)


class HearingDraft(Body):
    """How a hearing ended (99.21, 99.22): the record is amended after all, or it stands."""

    held_on: date
    amended: bool
    finding: str = Field(min_length=1, max_length=WORDS_CHARACTERS)


class StatementDraft(Body):
    """What the family says of the record that stands (99.21(b)(2))."""

    text: str = Field(min_length=1, max_length=WORDS_CHARACTERS)


class Statement(Answer):
    """The family's word on a part of the record; goes with every disclosure of that part for as
    long as the record is kept (99.21(c))."""

    amendment_id: UUID
    category: Category
    text: str
    at: datetime


class Amendment(Answer):
    id: UUID
    version: int
    student_id: UUID
    status: AmendmentStatus
    category: Category
    what: str
    why: str
    asked_by: UUID = Field(description="The contact, or the student itself.")
    created_at: datetime
    decided_at: datetime | None
    reason: str | None
    hearing_on: date | None
    hearing_finding: str | None
    statement: str | None
    statement_at: datetime | None


class AmendmentChanged(Event):
    """A family asked for an amendment, or it was decided, heard, or a statement attached."""

    type: ClassVar[str] = "students.amendment.changed.v1"

    amendment_id: UUID
    student_id: UUID
    category: Category
    status: AmendmentStatus
    has_statement: bool
