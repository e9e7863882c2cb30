"""A family's request to amend a child's record, the decision on it, and the family's statement
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
    """The part of the record that is inaccurate, misleading or in violation of the child's privacy,
    and why (99.20(a))."""

    category: Category
    what: str = Field(min_length=1, max_length=WORDS_CHARACTERS)
    why: str = Field(min_length=1, max_length=WORDS_CHARACTERS)


class AmendmentDecision(Body):
    """The district's decision. To decline, it needs a reason (99.20(c))."""

    amended: bool
    reason: str | None = Field(default=None, min_length=1, max_length=WORDS_CHARACTERS)


class HearingDraft(Body):
    """The outcome of a hearing (99.21, 99.22): the record is amended after all, or it stands."""

    held_on: date
    amended: bool
    finding: str = Field(min_length=1, max_length=WORDS_CHARACTERS)


class StatementDraft(Body):
    """The family's statement on the record that stands (99.21(b)(2))."""

    text: str = Field(min_length=1, max_length=WORDS_CHARACTERS)


class Statement(Answer):
    """The family's statement on a part of the record. It goes with every disclosure of that part
    for as long as the record is kept (99.21(c))."""

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
    asked_by: UUID = Field(description="The contact who asked, or the student.")
    created_at: datetime
    decided_at: datetime | None
    reason: str | None
    hearing_on: date | None
    hearing_finding: str | None
    statement: str | None
    statement_at: datetime | None


class AmendmentChanged(Event):
    """A family asked for an amendment; or the district decided it or held a hearing on it; or the
    family attached a statement."""

    type: ClassVar[str] = "students.amendment.changed.v1"

    amendment_id: UUID
    student_id: UUID
    category: Category
    status: AmendmentStatus
    has_statement: bool
