"""The disclosure log: every release of something of a child, and every refusal (34 CFR 99.32)."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Event
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Basis, Category


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


class DisclosureParty(StrEnum):
    """What the viewer's side was to the child."""

    FAMILY = "family"
    SCHOOL = "school"
    """The child's own district and its schools."""
    ORGANIZATION = "organization"


class DisclosureLine(Answer):
    """What one organization got, or was refused, of a child on one day on one ground: as many
    rows of the log as `times` says. Who of its people it was is not told."""

    position: int = Field(description="Names the line; of its first row in the log.")
    day: date
    first_at: datetime
    last_at: datetime
    times: int
    outcome: DisclosureOutcome
    party: DisclosureParty
    who: str = Field(description="In plain words: role and organization.")
    role: str
    organization_id: UUID | None
    organization: str | None
    channel: Channel
    categories: list[Category]
    what: str = Field(description="The categories in plain words.")
    purpose: Purpose
    basis: Basis | None = Field(description="Null where it was refused.")
    why: str = Field(description="The purpose and the clause in plain words.")
    agreement_id: UUID | None
    consent_id: UUID | None
    emergency_id: UUID | None
    further_parties: list[UUID]
    stop: str | None = Field(description="What stopping this would do; null where it cannot be.")
    no_stop: str | None = Field(description="Why it cannot be stopped, and whom to ask instead.")


class Stopped(Answer):
    """What allowed this is taken back; saying it again changes nothing."""

    position: int
    basis: Basis
    consent_id: UUID | None
    done: str


class Disclosed(Answer):
    """What of one child an organization got in a window of time."""

    student_id: UUID
    categories: list[Category]
    bases: list[Basis]
    agreement_ids: list[UUID]
    times: int
    first_at: datetime
    last_at: datetime


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
