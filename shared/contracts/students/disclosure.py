"""The disclosure log: every release of something of a child, and every refusal (34 CFR 99.32)."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Answer, Event


class Channel(StrEnum):
    """How something was released or asked for."""

    READ = "read"
    """One child."""
    LIST = "list"
    """Among others: a list, a caseload, a search."""
    GRANT = "grant"
    """What resources or outcomes tell against students' grant."""
    EVENT = "event"
    """In a partner's own stream."""
    EXPORT = "export"


class DisclosureOutcome(StrEnum):
    RELEASED = "released"
    REFUSED = "refused"


class DisclosureHead(Answer):
    """The log's last row at that moment. `hash`: SHA-256, in hexadecimal, over all rows to it."""

    head_id: UUID
    day: date
    seq: int
    hash: str
    at: datetime


class DisclosureHeadPublished(Event):
    """Where the disclosure log stands: the number and hash of its last row."""

    type: ClassVar[str] = "students.disclosure-head.published.v1"

    head_id: UUID
    day: date
    seq: int
    hash: str
    at: datetime
