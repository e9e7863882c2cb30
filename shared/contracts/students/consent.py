"""Consent: a family's decision on the parts of a child's record that a partner may have
(34 CFR 99.30)."""

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
from shared.contracts.students.student import StudentName

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
"""A list of categories, each once."""
PartnerPurpose = Annotated[Purpose, AfterValidator(_of_a_partner)]


class ConsentStatus(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"


class ConsentMethod(StrEnum):
    """The way in which the signer consented. 99.30(d) allows an electronic record."""

    ELECTRONIC = "electronic"
    PAPER = "paper"


class ConsentDecision(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"


class Signing(Body):
    """The signer and the method. A member of the family signs electronically, for itself. The
    district's administrator records a signed paper, and names the signer and the day."""

    given_by: UUID | None = Field(
        default=None, description="The id of a contact of the child, or of the eligible student."
    )
    method: ConsentMethod = ConsentMethod.ELECTRONIC
    signed_on: date | None = None


class ConsentDraft(Signing):
    """A yes or a no to exactly one partner, or to one kind of partners. Every element is needed
    (34 CFR 99.30(b)), from a form or one by one. `text` holds the words that the signer read."""

    decision: ConsentDecision
    form_id: UUID | None = Field(
        default=None,
        description="The form that the signer read. It brings every element below.",
    )
    partner_id: UUID | None = None
    partner_kind: PartnerKind | None = None
    purpose: PartnerPurpose | None = None
    categories: Parts | None = None
    begins_on: date | None = None
    ends_on: date | None = Field(
        default=None, description="The last day, at most two years after `begins_on`."
    )
    text: ConsentText | None = None
    text_version: TextVersion | None = None
    language: Language | None = None


class Consent(Answer):
    """One decision of the family: a consent or a refusal. For a partner, `given_by`, `recorded_by`
    and `revoked_by` are null. `decided_at`: the moment of the decision that `status` shows."""

    id: UUID
    version: int
    student_id: UUID
    student_name: StudentName = None
    form_id: UUID | None
    status: ConsentStatus
    partner_id: UUID | None
    partner_name: str | None = None
    partner_kind: PartnerKind | None
    purpose: Purpose
    categories: list[Category]
    holding: list[Category] = Field(
        default=[],
        description="The `categories` that it opens at this moment: within its period, given by a"
        " person who has the rights, and with no later refusal or revocation.",
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
    """A family granted, refused or revoked a consent. `partner_id` or `partner_kind` names the
    partner or partners that it concerns."""

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
