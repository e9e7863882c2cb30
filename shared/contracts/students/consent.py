"""Consent: a family's word on who may have what of a child (34 CFR 99.30)."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from shared.contracts.base import Answer, Body, Event
from shared.contracts.partners.partner import PartnerKind
from shared.contracts.purpose import PARTNER_PURPOSES, Purpose
from shared.contracts.students.access import Category

ConsentText = Annotated[str, StringConstraints(min_length=20, max_length=10_000)]
TextVersion = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Language = Annotated[str, Field(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$", max_length=35)]

Listed = TypeVar("Listed", bound=Collection[object])


def _once_each(listed: Listed) -> Listed:
    if len(set(listed)) < len(listed):
        raise ValueError("names something twice")
    return listed


def _of_a_partner(purpose: Purpose) -> Purpose:
    if purpose not in PARTNER_PURPOSES:
        raise ValueError("is no purpose of a partner")
    return purpose


Parts = Annotated[list[Category], Field(min_length=1), AfterValidator(_once_each)]
"""Which categories, each once."""
PartnerPurpose = Annotated[Purpose, AfterValidator(_of_a_partner)]


class ConsentStatus(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"


class ConsentMethod(StrEnum):
    """How the signer's word was taken; 99.30(d) lets a record be electronic."""

    ELECTRONIC = "electronic"
    PAPER = "paper"


class ConsentDecision(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"


class Signing(Body):
    """Whose word it is and how it was taken. The family signs for itself; the district's
    administrator records a signed paper, and says whose it is and when it was signed."""

    given_by: UUID | None = Field(
        default=None, description="A contact of the child, or the eligible student's own id."
    )
    method: ConsentMethod = ConsentMethod.ELECTRONIC
    signed_on: date | None = None


class ConsentDraft(Signing):
    """Yes or no to exactly one partner, or one kind of partners. All of it is needed (34 CFR
    99.30(b)); `text` is what the signer read, word by word."""

    decision: ConsentDecision
    form_id: UUID | None = Field(
        default=None, description="The form that was read; it brings everything below."
    )
    partner_id: UUID | None = None
    partner_kind: PartnerKind | None = None
    purpose: PartnerPurpose | None = None
    categories: Parts | None = None
    begins_on: date | None = None
    ends_on: date | None = Field(default=None, description="At most two years after the begin.")
    text: ConsentText | None = None
    text_version: TextVersion | None = None
    language: Language | None = None


class Consent(Answer):
    """One word of the family. Who said it and who wrote it down is not told to partners.
    `decided_at`: when the word now in `status` was said."""

    id: UUID
    version: int
    student_id: UUID
    form_id: UUID | None
    status: ConsentStatus
    partner_id: UUID | None
    partner_name: str | None = None
    partner_kind: PartnerKind | None
    purpose: Purpose
    categories: list[Category]
    holding: list[Category] = Field(
        default=[],
        description="Of `categories` those that it lets be told at this moment: in its period, by"
        " somebody who has the rights, with no later no.",
    )
    begins_on: date
    ends_on: date
    text: str
    text_version: str
    language: str
    method: ConsentMethod
    signed_on: date | None
    decided_at: datetime
    granted_at: datetime | None
    given_by: UUID | None
    recorded_by: UUID | None
    revoked_by: UUID | None


class ConsentChanged(Event):
    """A family granted, refused or took back. `partner_id` or `partner_kind`: whom it concerns."""

    type: ClassVar[str] = "students.consent.changed.v1"

    consent_id: UUID
    student_id: UUID
    status: ConsentStatus
    partner_id: UUID | None
    partner_kind: PartnerKind | None
    purpose: Purpose
    categories: list[Category]
    begins_on: date
    ends_on: date
