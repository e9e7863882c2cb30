"""Agreements: which partner may have which data of which children, for what and how long. Access
follows from them.

Basis: FERPA, 34 CFR 99.30 (consent), 99.31(a)(1)(i)(B) (a contractor as school official),
99.31(a)(6) (studies), 99.31(a)(3) with 99.35 (audit or evaluation), 99.33 (re-disclosure).
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from shared.contracts.base import Answer, Body, Event
from shared.contracts.grade import Grade
from shared.contracts.partners.partner import PartnerKind
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category

PARTIES = 50
MOST_RETENTION_DAYS = 3_650
NARROWED = 200
CATEGORIES = 50

Words = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]
"""A moment with its offset from UTC, early enough that the calendar can add years to it."""


class LegalBasis(StrEnum):
    CONSENT = "consent"
    """The family's consent for each child (99.30)."""
    SCHOOL_OFFICIAL = "school_official"
    """The partner does what school staff would do, under the district's control."""
    STUDIES = "studies"
    AUDIT = "audit"
    DIRECTORY = "directory"
    """Name, grade and school of children whose family has not opted out (99.37)."""


class AgreementStatus(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    SIGNED = "signed"
    """By every party. It comes into force at `starts_at`."""
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    ENDED = "ended"
    EXPIRED = "expired"


OPENING = (AgreementStatus.SIGNED, AgreementStatus.IN_FORCE)
"""In these statuses data may flow, between start and end. Each decision reads the clock itself, so
that an agreement ends without a message."""


class Cohort(Body):
    """The providers' children that the terms cover. An empty list does not narrow. `program_ids`
    narrows to children with a live engagement in one of these programs."""

    program_ids: list[UUID] = Field(default=[], max_length=NARROWED)
    school_ids: list[UUID] = Field(default=[], max_length=NARROWED)
    grades: list[Grade] = Field(default=[], max_length=30)


class SchoolOfficialTerms(Body):
    """The four terms that 99.31(a)(1)(i)(B) and 99.33(a) require, each in the parties' own
    words."""

    institutional_function: Words = Field(
        description="The work that the district's staff would otherwise do."
    )
    direct_control: Words = Field(
        description="How the district controls the use and the keeping of the records."
    )
    legitimate_interest: Words = Field(description="Why the work needs these records.")
    use_limits: Words = Field(
        description="That the records serve nothing else and are passed on to nobody."
    )


class StudyTerms(Body):
    """The terms that 99.31(a)(6)(iii)(C) and 99.35(a)(3) require of a written agreement."""

    scope: Words
    information: Words
    destruction: Words = Field(description="How the records are destroyed when the study is done.")


class AgreementTerms(Body):
    """The terms that the parties agree on. `providers` keep the records (districts), `recipients`
    receive them; all of them sign. The terms run from `starts_at` to `ends_at`, exclusive."""

    title: Title
    providers: list[UUID] = Field(min_length=1, max_length=PARTIES)
    recipients: list[UUID] = Field(min_length=1, max_length=PARTIES)
    purpose: Purpose
    basis: LegalBasis
    categories: list[Category] = Field(min_length=1, max_length=CATEGORIES)
    cohort: Cohort = Cohort()
    retention_days: int = Field(
        ge=0,
        le=MOST_RETENTION_DAYS,
        description="How many days the recipients may keep the data after the end.",
    )
    redisclosure_to: list[UUID] = Field(default=[], max_length=PARTIES)
    starts_at: Moment
    ends_at: Moment
    school_official: SchoolOfficialTerms | None = None
    study: StudyTerms | None = None


class AgreementChanged(Event):
    """An agreement took a step, or its terms were amended. Carries all that an access decision
    needs."""

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


class AgreementAction(StrEnum):
    """The steps an agreement takes."""

    DRAFTED = "drafted"
    CHANGED = "changed"
    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    SIGNED = "signed"
    AMENDED = "amended"
    """All parties have signed the next version; it has replaced the previous one."""
    AMENDMENT_PROPOSED = "amendment_proposed"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    BEGUN = "begun"
    ENDED = "ended"
    EXPIRED = "expired"


class Side(StrEnum):
    PROVIDER = "provider"
    RECIPIENT = "recipient"


class Party(Answer):
    partner_id: UUID
    name: str
    kind: PartnerKind
    side: Side


class SignatureDraft(Body):
    """A signature that the caller gives for a party. `name` and `title` are as the signer writes
    them. `terms_sha256` names the terms; the signature is refused where other terms are now
    proposed."""

    partner_id: UUID
    name: Title
    title: Title
    terms_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Signature(Answer):
    partner_id: UUID
    partner_name: str
    signed_by: UUID | None = Field(
        description="The signer's account; null until the party has signed."
    )
    signed_by_name: str | None = Field(
        default=None, description="The name of that account; `name` is as the signer wrote it."
    )
    name: str | None
    title: str | None
    signed_at: datetime | None


class TermsVersion(Answer):
    """One version of the terms. `document` is the exact text that is signed: the terms as canonical
    JSON (RFC 8785). `terms_sha256` is the SHA-256 of its UTF-8 bytes. `agreed_at` is when the last
    party signed, null before."""

    number: int
    terms: AgreementTerms
    terms_sha256: str
    document: str
    signatures: list[Signature] = Field(
        description="One for each party, also for a party that has not signed."
    )
    agreed_at: datetime | None
    reading: list[str] = Field(description="What the terms allow, in plain sentences.")


class AgreementSummary(Answer):
    """An agreement in a list. `status` is the status at this moment, by the clock. The names are in
    the order of the ids."""

    id: UUID
    version: int
    terms_version: int
    title: str
    status: AgreementStatus
    purpose: Purpose
    basis: LegalBasis
    providers: list[UUID]
    provider_names: list[str]
    recipients: list[UUID]
    recipient_names: list[str]
    starts_at: datetime
    ends_at: datetime


class Agreement(AgreementSummary):
    """An agreement with the terms that count. `amendment` is the proposed next version; the present
    terms count until every party has signed it."""

    parties: list[Party]
    current: TermsVersion
    amendment: TermsVersion | None
    suspended_by: list[UUID]
    suspended_by_names: list[str] = Field(description="In the order of the ids.")
    ended_at: datetime | None
    reading: list[str] = Field(
        description="The agreement's status and what it allows, in plain sentences."
    )


class AgreementStep(Answer):
    """A step that an agreement took. Partner and account are null where the clock caused it."""

    number: int = Field(description="The agreement's version after the step.")
    action: AgreementAction
    status: AgreementStatus
    terms_version: int
    partner_id: UUID | None
    partner_name: str | None
    account_id: UUID | None
    account_name: str | None = None
    reason: str | None
    taken_at: datetime


class PartyAct(Body):
    """An act that one party performs alone: to suspend or to end."""

    partner_id: UUID = Field(description="The party for which the caller acts.")
    reason: Words
