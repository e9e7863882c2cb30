"""Everything that students holds about one child, for the family to take along (34 CFR 99.10)."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Basis, Category
from shared.contracts.students.amendment import Amendment
from shared.contracts.students.attendance import AttendanceDay
from shared.contracts.students.consent import ConsentMethod, ConsentStatus
from shared.contracts.students.consent_form import ConsentRequest
from shared.contracts.students.disclosure import Channel, DisclosureOutcome
from shared.contracts.students.emergency import EmergencyAccess
from shared.contracts.students.engagement import StageStep
from shared.contracts.students.note import Note
from shared.contracts.students.picture import Picture
from shared.contracts.students.proposal import Proposal
from shared.contracts.students.referral import Referral, ReferralStep
from shared.contracts.written import LocalClock


class ExportedStep(StageStep):
    engagement_id: UUID


class ExportedReferralStep(ReferralStep):
    referral_id: UUID


class ExportedMark(Answer):
    """One session of a program, with the child's attendance."""

    engagement_id: UUID
    session_id: UUID
    held_on: date
    starts_at: LocalClock | None
    place: str | None
    category: str
    minutes_attended: int


class ExportedConsent(Answer):
    id: UUID
    status: ConsentStatus
    partner_id: UUID | None
    partner_name: str | None
    partner_kind: str | None
    purpose: Purpose
    categories: list[Category]
    begins_on: date
    ends_on: date
    given_by: UUID
    method: ConsentMethod
    text: str
    text_version: str
    language: str
    decided_at: datetime


class ExportedDisclosure(Answer):
    """One row of the disclosure log: a release, or a refused request."""

    at: datetime
    outcome: DisclosureOutcome
    organization_id: UUID | None
    organization_name: str | None
    role: str
    purpose: Purpose
    channel: Channel
    categories: list[Category]
    basis: Basis | None
    agreement_id: UUID | None
    consent_id: UUID | None
    emergency_id: UUID | None
    further_parties: list[UUID]
    further_party_names: list[str | None] = Field(
        description="In the order of the ids; null for one that is not known here."
    )


class RecordParts(Answer):
    """Everything that students holds about a child beside the picture."""

    attendance_days: list[AttendanceDay]
    engagement_steps: list[ExportedStep]
    proposals: list[Proposal] = []
    referrals: list[Referral] = []
    referral_steps: list[ExportedReferralStep] = []
    session_marks: list[ExportedMark]
    consents: list[ExportedConsent]
    consent_requests: list[ConsentRequest]
    disclosures: list[ExportedDisclosure]
    emergencies: list[EmergencyAccess]
    amendments: list[Amendment]
    notes: list[Note]
    made_at: datetime = Field(description="The moment whose state the export shows.")


class StudentExport(RecordParts):
    """The picture, and everything else that students holds about the child. The picture's `withheld`
    names the parts that are withheld from the reader."""

    picture: Picture
