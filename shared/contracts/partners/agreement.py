"""Agreements: who may have what of which children, for what, how long. Access derives from them.

Basis: FERPA, 34 CFR 99.30 (consent), 99.31(a)(1)(i)(B) (a contractor as school official),
99.31(a)(6) (studies), 99.31(a)(3) with 99.35 (audit or evaluation), 99.33 (re-disclosure).
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from shared.contracts.base import Answer, Body, Event
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.student import Grade

PARTIES = 50
MOST_RETENTION_DAYS = 3_650
NARROWED = 200

Words = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class LegalBasis(StrEnum):
    CONSENT = "consent"
    """The family's consent for each child (99.30)."""
    SCHOOL_OFFICIAL = "school_official"
    """The partner does what school staff would do, under the district's control."""
    STUDIES = "studies"
    AUDIT = "audit"


class AgreementStatus(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    SIGNED = "signed"
    """By every party; it starts at its start."""
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    ENDED = "ended"
    EXPIRED = "expired"


OPENING = (AgreementStatus.SIGNED, AgreementStatus.IN_FORCE)
"""With these, and between start and end, data may flow. Whoever decides looks at the clock itself,
so that an end needs no message."""


class Cohort(Body):
    """Which of the providers' children: an empty list does not narrow. `program_ids`: with a live
    engagement in one of these programs."""

    program_ids: list[UUID] = Field(default=[], max_length=NARROWED)
    school_ids: list[UUID] = Field(default=[], max_length=NARROWED)
    grades: list[Grade] = Field(default=[], max_length=30)


class SchoolOfficialTerms(Body):
    """The four that 99.31(a)(1)(i)(B) and 99.33(a) ask for, each in the parties' own words."""

    institutional_function: Words = Field(description="What staff would otherwise do.")
    direct_control: Words = Field(description="How the district controls use and keeping.")
    legitimate_interest: Words = Field(description="Why these records are needed.")
    use_limits: Words = Field(description="That they serve nothing else and go no further.")


class StudyTerms(Body):
    """What 99.31(a)(6)(iii)(C) and 99.35(a)(3) ask of a written agreement."""

    scope: Words
    information: Words
    destruction: Words = Field(description="How the records are destroyed when done.")


class AgreementTerms(Body):
    """What the parties agree on. `providers` keep the records (districts), `recipients` get them;
    all of them sign. `starts_at` to `ends_at`: the end itself is outside."""

    title: Title
    providers: list[UUID] = Field(min_length=1, max_length=PARTIES)
    recipients: list[UUID] = Field(min_length=1, max_length=PARTIES)
    purpose: Purpose
    basis: LegalBasis
    categories: list[Category] = Field(min_length=1)
    cohort: Cohort = Cohort()
    retention_days: int = Field(ge=0, le=MOST_RETENTION_DAYS, description="Kept after the end.")
    redisclosure_to: list[UUID] = Field(default=[], max_length=PARTIES)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    school_official: SchoolOfficialTerms | None = None
    study: StudyTerms | None = None


class AgreementChanged(Event):
    """An agreement took a step, or its terms were amended; carries what decisions need."""

    type: ClassVar[str] = "partners.agreement.changed.v1"

    agreement_id: UUID
    terms_version: int
    status: AgreementStatus
    providers: list[UUID]
    recipients: list[UUID]
    purpose: Purpose
    basis: LegalBasis
    categories: list[Category]
    program_ids: list[UUID]
    school_ids: list[UUID]
    grades: list[str]
    retention_days: int
    redisclosure_to: list[UUID]
    starts_at: datetime
    ends_at: datetime


class Signature(Answer):
    partner_id: UUID
    signed_by: UUID | None = Field(description="The account; null while it is missing.")
    name: str | None
    title: str | None
    signed_at: datetime | None
