"""Consent: a family's word on who may have what of a child (34 CFR 99.30)."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Event
from shared.contracts.partners.partner import PartnerKind
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category

ConsentText = Annotated[str, StringConstraints(min_length=20, max_length=10_000)]
TextVersion = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Language = Annotated[str, Field(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$", max_length=35)]


class ConsentStatus(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"


class ConsentMethod(StrEnum):
    """How the signer's word was taken; 99.30(d) lets a record be electronic."""

    ELECTRONIC = "electronic"
    PAPER = "paper"


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
