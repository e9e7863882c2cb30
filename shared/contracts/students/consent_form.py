"""What families are asked to consent to, and whom it has been asked of."""

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

AT_ONCE = 200
FIRST_CHARACTERS = 120


class ConsentFormDraft(Body):
    """All that 34 CFR 99.30(b) asks of a consent but the signature. A partner's form names that
    partner; a district's may name any, or a kind. It never changes: other words are another form."""

    partner_id: UUID | None = None
    partner_kind: PartnerKind | None = None
    purpose: PartnerPurpose
    categories: Parts
    begins_on: date
    ends_on: date = Field(description="At most two years after the begin.")
    text: ConsentText
    text_version: TextVersion
    language: Language


class ConsentForm(Answer):
    """`owner_id`: the partner or district that asks."""

    id: UUID
    owner_id: UUID
    partner_id: UUID | None
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
    """Whom to ask: everybody with a live engagement in a program, or these children."""

    program_id: UUID | None = None
    student_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=AT_ONCE)


class ConsentAsked(Answer):
    """`asked`: those who had not been asked before."""

    asked: int
    known: int


class RequestStatus(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    """Nobody answered in time, or the rights have moved meanwhile."""
    WITHDRAWN = "withdrawn"


class Addressee(StrEnum):
    """Who has the rights: at 18 a consent of the parents is asked of the student anew."""

    PARENTS = "parents"
    STUDENT = "student"


class ConsentRequest(Answer):
    """What one child's family is asked by a form. Whose answer it is, its consent says. Partner,
    purpose and words are the form's."""

    id: UUID
    version: int
    student_id: UUID
    form_id: UUID
    partner_id: UUID | None
    partner_name: str | None
    partner_kind: PartnerKind | None
    purpose: Purpose
    first_words: str = Field(description="Of the form's text, 120 characters at most.")
    addressee: Addressee
    status: RequestStatus
    consent_id: UUID | None
    asked_at: datetime
    answered_at: datetime | None


class ConsentRequestChanged(Event):
    """A family was asked, has answered, or is asked no longer."""

    type: ClassVar[str] = "students.consent-request.changed.v1"

    request_id: UUID
    student_id: UUID
    form_id: UUID
    status: RequestStatus


class PaperAnswer(Body):
    """What somebody with rights signed on paper under the form's words."""

    student_id: UUID
    given_by: UUID
    signed_on: date
    decision: ConsentDecision


class PaperAnswers(Body):
    items: list[PaperAnswer] = Field(min_length=1, max_length=AT_ONCE)


class RecordedAnswers(Answer):
    """In the order of the answers."""

    consent_ids: list[UUID]
