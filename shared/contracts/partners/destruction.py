"""Destructions: the data that a recipient must destroy once no agreement covers them.

Basis: 34 CFR 99.31(a)(6)(iii)(C)(4), 99.35(b)(2): destroyed when no longer needed, within the time
agreed.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Answer, Body, Event
from shared.contracts.partners.agreement import Moment, Title

Account = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]

ATTESTER = "The name of that account; `name` is as the person who attested wrote it."


class DestructionStatus(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    """Open, and past its due date."""
    ATTESTED = "attested"


class Attestation(Body):
    """The attestation of a destruction, by an administrator of the recipient, in that person's
    words."""

    what: Account
    how: Account
    destroyed_at: Moment
    name: Title
    title: Title


class EarlierAttestation(Answer):
    """What an attestation said before it was corrected."""

    what: str
    how: str
    destroyed_at: datetime
    name: str
    title: str
    attested_by: UUID
    attested_by_name: str | None = Field(default=None, description=ATTESTER)
    attested_at: datetime


class Destruction(Answer):
    """`recipient_id` destroys the records of `providers` that it received under terms up to
    `terms_version`. `status` is the status at this moment, by the clock. The attestation's fields
    are null until the recipient has attested. `earlier_attestations`: what it said before it was
    corrected, the oldest first."""

    id: UUID
    version: int
    agreement_id: UUID
    agreement_title: str
    terms_version: int
    recipient_id: UUID
    recipient_name: str
    providers: list[UUID]
    provider_names: list[str] = Field(description="In the order of the ids.")
    status: DestructionStatus
    opened_at: datetime
    due_at: datetime
    what: str | None
    how: str | None
    destroyed_at: datetime | None
    name: str | None
    title: str | None
    attested_by: UUID | None
    attested_by_name: str | None = Field(default=None, description=ATTESTER)
    attested_at: datetime | None
    earlier_attestations: list[EarlierAttestation] = []


class DestructionChanged(Event):
    """A recipient must destroy data it received, or has attested that it did."""

    type: ClassVar[str] = "partners.destruction.changed.v1"

    destruction_id: UUID
    agreement_id: UUID
    terms_version: int
    recipient_id: UUID
    providers: list[UUID]
    status: DestructionStatus
    due_at: datetime
