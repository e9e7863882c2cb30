"""Consent forms, and the requests that ask families for consent by a form."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.partners.partner import PartnerKind
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.consent import (
    ConsentDecision,
    ConsentText,
    Language,
    PartnerPurpose,
    Parts,
    TextVersion,
)
from shared.contracts.students.student import StudentName

AT_ONCE = 200
FIRST_CHARACTERS = 120


class ConsentFormDraft(Body):
    """Every element of a consent (34 CFR 99.30(b)) but the signature. A partner's form names that
    partner; a district's form may name any partner, or a kind. A form never changes: other words
    make another form."""

    partner_id: UUID | None = None
    partner_kind: PartnerKind | None = None
    purpose: PartnerPurpose
    categories: Parts
    begins_on: date
    ends_on: date = Field(description="The last day, at most two years after `begins_on`.")
    text: ConsentText
    text_version: TextVersion
    language: Language


class ConsentForm(Answer):
    """A consent form. `owner_id`: the partner or district that asks."""

    id: UUID
    owner_id: UUID
    owner_name: str | None
    partner_id: UUID | None
    partner_name: str | None
    partner_kind: PartnerKind | None
    purpose: Purpose
    categories: list[Category]
    begins_on: date
    ends_on: date
    text: str
    text_version: str
    language: str
    created_at: datetime


class ConsentAsking(Body):
    """The children whose families are asked: all with a live engagement in a program, or the ones
    named."""

    program_id: UUID | None = None
    student_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=AT_ONCE)


class ConsentAsked(Answer):
    """The number of new requests (`asked`), and of children who had one already (`known`)."""

    asked: int
    known: int


class RequestStatus(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    """Nobody answered in time, or the rights passed to the student meanwhile."""
    WITHDRAWN = "withdrawn"


class Addressee(StrEnum):
    """The holder of the rights. At 18 they pass to the student, who is asked anew for a consent that
    the parents gave."""

    PARENTS = "parents"
    STUDENT = "student"


class ConsentRequest(Answer):
    """One request to one child's family, by a form. Partner, purpose and words are the form's. The
    consent `consent_id` names the person who answered."""

    id: UUID
    version: int
    student_id: UUID
    student_name: StudentName = None
    form_id: UUID
    partner_id: UUID | None
    partner_name: str | None
    partner_kind: PartnerKind | None
    purpose: Purpose
    first_words: str = Field(description="The form's text, its first 120 characters at most.")
    addressee: Addressee
    status: RequestStatus
    consent_id: UUID | None
    asked_at: datetime
    answered_at: datetime | None


class ConsentRequestChanged(Event):
    """A request to a family was made, was answered, or was withdrawn."""

    type: ClassVar[str] = "students.consent-request.changed.v1"

    request_id: UUID
    student_id: UUID
    form_id: UUID
    status: RequestStatus


class PaperAnswer(Body):
    """An answer that a person with rights signed on paper, under the form's words."""

    student_id: UUID
    given_by: UUID
    signed_on: date
    decision: ConsentDecision


class PaperAnswers(Body):
    items: list[PaperAnswer] = Field(min_length=1, max_length=AT_ONCE)


class RecordedAnswers(Answer):
    """The ids of the consents, in the order of the answers."""

    consent_ids: list[UUID]
