"""Two records that may be of one child, and the district's decision on them."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event


class DuplicateReason(StrEnum):
    """The likeness of two records of one district."""

    STATE_IDENTIFIER = "state-identifier"
    """The state gave both one number, and nothing else says that they are two children."""
    NAMES_AND_BIRTH_DATE = "names-and-birth-date"
    ANOTHER_RECORD = "another-record"
    """Both are, or may be, of the same child as a third record."""
    STATE_IDENTIFIER_SHARED = "state-identifier-shared"
    """One number of the state on children with other given names and another birth date: a fault
    of the register. It joins nothing."""


class DuplicateStatus(StrEnum):
    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"


class PossibleDuplicate(Answer):
    """Two records of one district that may be of one child. While it is `open`, unless the reason
    is `state-identifier-shared`, and once the district decided `same`, the records protect each
    other: court orders, opt-outs, refusals and the marks of contacts count in both."""

    id: UUID
    version: int
    student_id: UUID = Field(description="The record that was made later.")
    earlier_id: UUID
    reason: DuplicateReason
    status: DuplicateStatus
    protecting: bool = Field(description="What protects the one record counts in the other.")
    orders_in_force: bool = Field(
        description="A court order restricts a contact of one of the two today."
    )
    created_at: datetime = Field(description="When the platform found it.")
    decided_at: datetime | None
    decided_by: UUID | None


class DuplicateVerdict(StrEnum):
    SAME = "same"
    DIFFERENT = "different"


class DuplicateDecision(Body):
    """The district's decision: both records are of the same child, or of different children."""

    verdict: DuplicateVerdict


class PossibleDuplicateChanged(Event):
    """Two records of one district may be of one child; or the district decided on them."""

    type: ClassVar[str] = "students.possible-duplicate.changed.v1"

    possible_duplicate_id: UUID
    student_id: UUID
    earlier_id: UUID
    why: DuplicateReason
    status: DuplicateStatus
