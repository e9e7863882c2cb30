"""Referrals: a school asks a partner's program to help a child, and learns what came of it.

The states are those of a referral in a closed loop. Each has one meaning and its evidence; the
documents of the contract name the status of a FHIR Task (R4) that says the same.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Event
from shared.contracts.students.access import Category, Clause
from shared.contracts.students.student import StudentName


class ReferralState(StrEnum):
    """The state of a referral. It only goes forward; `waitlisted` and `enrolled` may alternate."""

    DRAFT = "draft"
    """It is being written; only its author knows of it. FHIR: `draft`."""
    AWAITING_CONSENT = "awaiting_consent"
    """The family can read what would be told, to whom and why. FHIR: `draft`."""
    SENT = "sent"
    """The partner can read it. FHIR: `requested`."""
    ACCEPTED = "accepted"
    """Somebody of the partner has promised to contact the family. FHIR: `accepted`."""
    CONTACTED = "contacted"
    """The partner has spoken with the family or the student. FHIR: `in-progress`."""
    WAITLISTED = "waitlisted"
    """The program has no place yet. FHIR: `on-hold`."""
    ENROLLED = "enrolled"
    """The child has a place. FHIR: `in-progress`."""
    SERVED = "served"
    """The child was there. FHIR: `in-progress`."""
    CLOSED = "closed"
    """It ended, and somebody looked at the need. FHIR: `completed`."""
    DECLINED = "declined"
    """The partner does not take it. FHIR: `rejected`."""
    WITHDRAWN = "withdrawn"
    """Sender or family took it back. FHIR: `cancelled`."""
    EXPIRED = "expired"
    """The partner did not answer in time. FHIR: `cancelled`."""
    IN_ERROR = "in_error"
    """It should never have been. FHIR: `entered-in-error`."""


LIVE_STATES = (
    ReferralState.SENT,
    ReferralState.ACCEPTED,
    ReferralState.CONTACTED,
    ReferralState.WAITLISTED,
    ReferralState.ENROLLED,
    ReferralState.SERVED,
)
"""The partner may read the referral, on a ground. One that is `sent` is live until its last day."""


class ReferralAct(StrEnum):
    """One act in the history of a referral."""

    WRITTEN = "written"
    CONSENT_ASKED = "consent_asked"
    CONSENT_GIVEN = "consent_given"
    SENT = "sent"
    LINK_OFFERED = "link_offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CONTACT_FAILED = "contact_failed"
    CONTACTED = "contacted"
    WAITLISTED = "waitlisted"
    ENROLLED = "enrolled"
    SERVED = "served"
    EXTENDED = "extended"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    MARKED_IN_ERROR = "marked_in_error"


class DeclineReason(StrEnum):
    NO_CAPACITY = "no_capacity"
    NOT_ELIGIBLE_AGE = "not_eligible_age"
    NOT_ELIGIBLE_GRADE = "not_eligible_grade"
    NOT_ELIGIBLE_PLACE = "not_eligible_place"
    NOT_ELIGIBLE_OTHER = "not_eligible_other"
    LANGUAGE = "language"
    SCHEDULE = "schedule"
    DISTANCE = "distance"
    DOCUMENTS_MISSING = "documents_missing"
    COULD_NOT_REACH = "could_not_reach"
    FAMILY_DECLINED = "family_declined"
    ALREADY_SERVED = "already_served"
    OTHER = "other"


class ReferralOutcome(StrEnum):
    """Whether the need is met, as its sender or the partner says."""

    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"


class ContactChannel(StrEnum):
    TELEPHONE = "telephone"
    TEXT_MESSAGE = "text_message"
    EMAIL = "email"
    LETTER = "letter"
    IN_PERSON = "in_person"
    VIDEO = "video"


class Referral(Answer):
    """A referral. `answer_by`, `contact_by`, `service_by` and `outcome_by` are the last days of its
    clocks, in school days of the child's district and school; null where the clock does not run."""

    id: UUID
    version: int
    student_id: UUID
    student_name: StudentName = None
    program_id: UUID
    program_name: str
    partner_id: UUID
    partner_name: str | None
    need: str
    parts: list[Category]
    state: ReferralState
    since: date
    sent_by: UUID = Field(description="The account that wrote it.")
    from_id: UUID = Field(description="The organization of its author.")
    from_name: str | None
    consent_id: UUID | None
    engagement_id: UUID | None
    decline_reason: DeclineReason | None
    outcome: ReferralOutcome | None
    sent_on: date | None
    answered_on: date | None
    contacted_on: date | None
    served_on: date | None
    ended_on: date | None
    expires_on: date | None = Field(
        description="The last day on which the partner can answer; the sender can extend it once."
    )
    answer_by: date | None = None
    contact_by: date | None = None
    service_by: date | None = None
    outcome_by: date | None = None


class EndedReferral(Answer):
    """A referral that has just ended. It names no child: its partner may not read it any more."""

    id: UUID
    version: int
    state: ReferralState
    decline_reason: DeclineReason | None
    outcome: ReferralOutcome | None
    ended_on: date


class ReferralStep(Answer):
    number: int
    act: ReferralAct
    state: ReferralState
    changed_on: date
    created_at: datetime
    account_id: UUID | None = Field(description="Null where the clock or an engagement did it.")
    organization_id: UUID | None
    organization_name: str | None = None
    channel: ContactChannel | None
    minutes: int | None
    words: str | None


class ReferralPreview(Answer):
    """What the partner would read, and on which ground: the same for family, sender and log."""

    referral_id: UUID
    partner_id: UUID
    partner_name: str | None
    program_id: UUID
    program_name: str
    need: str
    told: list[Clause] = Field(description="Parts for which there is a ground today.")
    missing: list[Clause] = Field(
        description="Parts without a ground today, each with what is missing."
    )
    text: str = Field(description="The words to which the family says yes or no.")
    text_version: str
    language: str
    ends_on: date = Field(description="The last day of the consent, if it is given today.")


class ReferralDrafted(Event):
    """Somebody wrote or discarded a referral that nobody else knows of."""

    type: ClassVar[str] = "students.referral.drafted.v1"

    referral_id: UUID


class ReferralChanged(Event):
    """A referral entered a state, or its last day for an answer moved."""

    type: ClassVar[str] = "students.referral.changed.v1"

    referral_id: UUID
    student_id: UUID
    program_id: UUID
    partner_id: UUID
    state: ReferralState
    decline_reason: DeclineReason | None
    outcome: ReferralOutcome | None
    expires_on: date | None
