"""The disclosure log: every release of a part of a child's record, and every refusal
(34 CFR 99.32)."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Event
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Basis, Category


class Channel(StrEnum):
    """The way in which a part of a record was released or asked for."""

    READ = "read"
    """One child."""
    LIST = "list"
    """Among others: a list, a caseload, a search."""
    GRANT = "grant"
    """By resources or outcomes, against a grant that students signed."""
    EVENT = "event"
    """In a partner's own stream."""
    EXPORT = "export"


class DisclosureOutcome(StrEnum):
    RELEASED = "released"
    REFUSED = "refused"


class DisclosureParty(StrEnum):
    """The side to which the viewer belonged."""

    FAMILY = "family"
    SCHOOL = "school"
    """The child's own district and its schools."""
    ORGANIZATION = "organization"


class DisclosureLine(Answer):
    """The categories of a child that one organization received, or was refused, on one day on one
    ground. The line stands for `times` rows of the log. It does not name the organization's
    person."""

    position: int = Field(
        description="The id of the line: the position of its first row in the log."
    )
    day: date
    first_at: datetime
    last_at: datetime
    times: int
    outcome: DisclosureOutcome
    party: DisclosureParty
    who: str = Field(description="The role and the organization, in plain words.")
    role: str
    organization_id: UUID | None
    organization: str | None
    channel: Channel
    categories: list[Category]
    what: str = Field(description="The categories, in plain words.")
    purpose: Purpose
    basis: Basis | None = Field(description="Null for a refused request.")
    why: str = Field(description="The purpose and the clause, in plain words.")
    agreement_id: UUID | None
    consent_id: UUID | None
    emergency_id: UUID | None
    further_parties: list[UUID]
    further_party_names: list[str | None] = Field(
        description="In the order of the ids; null for one that is not known here."
    )
    stop: str | None = Field(
        description="The effect of stopping this disclosure; null where it cannot be stopped."
    )
    no_stop: str | None = Field(
        description="Why it cannot be stopped, and the person or office to ask instead."
    )


class Stopped(Answer):
    """The ground of the disclosure was taken back. Stopping it again changes nothing."""

    position: int
    basis: Basis
    consent_id: UUID | None
    done: str


class Disclosed(Answer):
    """The categories of one child that an organization received in a window of time."""

    student_id: UUID
    categories: list[Category]
    bases: list[Basis]
    agreement_ids: list[UUID]
    times: int
    first_at: datetime
    last_at: datetime


class DisclosureHead(Answer):
    """The log's last row at one moment. `hash`: SHA-256 over all rows up to it, in hexadecimal."""

    head_id: UUID
    day: date
    seq: int
    hash: str
    at: datetime


class DisclosureHeadPublished(Event):
    """The head of the disclosure log: the number and the hash of its last row at that moment."""

    type: ClassVar[str] = "students.disclosure-head.published.v1"

    head_id: UUID
    day: date
    seq: int
    hash: str
    at: datetime
