"""Removing a child's rows, by class of data. A test ensures that no table about a child is missing
here."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.emergency_access.records import EmergencyAccessRow
from services.students.consent.consent_forms.records import ConsentFormRow
from services.students.consent.consent_requests.records import ConsentRequestRow
from services.students.consent.consents.records import ConsentRow, consent
from services.students.consent.directory_information.records import (
    DirectoryChoiceRow,
    directory_choice,
)
from services.students.lifecycle.amendments.records import AmendmentRow, amendment
from services.students.lifecycle.retention.records import DepartureRow
from services.students.participation.attendance.records import (
    AttendanceDayRow,
    AttendanceMarkRow,
    AttendanceTotalRow,
)
from services.students.participation.dosage.records import DosageRow
from services.students.participation.engagements.records import EngagementRow, EngagementStepRow
from services.students.participation.proposals.records import ProposalRow
from services.students.participation.sessions.records import SessionMarkRow
from services.students.referrals.referral_links.records import ReferralLinkRow
from services.students.referrals.referrals.records import ReferralRow, ReferralStepRow
from services.students.roster.contacts.records import (
    ContactRestrictionRow,
    StudentContactRow,
    student_contact,
)
from services.students.roster.enrollments.records import EnrollmentRow, enrollment
from services.students.roster.people import actions as people
from services.students.roster.people.records import PersonRoleRow, PersonRow, person, person_role
from services.students.roster.possible_duplicates.records import PossibleDuplicateRow
from services.students.roster.students.records import (
    DemographicRow,
    StudentIdentifierRow,
    StudentRow,
    student,
)
from services.students.sharing.child_events.records import ChildEventRow
from services.students.support.notes.records import NoteRow
from shared.contracts.students.erasure import DataClass

BY_STUDENT, BY_PERSON, BY_ID = "student_id", "person_id", "id"
BY_ENGAGEMENT, BY_CONSENT, BY_EARLIER = "engagement_id", "of_consent", "earlier_id"
BY_REFERRAL = "referral_id"
REMOVED: dict[DataClass, tuple[tuple[Any, str], ...]] = {
    DataClass.ATTENDANCE: (
        (AttendanceMarkRow, BY_STUDENT), (AttendanceDayRow, BY_STUDENT),
        (AttendanceTotalRow, BY_STUDENT),
    ),
    DataClass.SUPPORT: (
        (ReferralLinkRow, BY_REFERRAL), (ReferralStepRow, BY_REFERRAL), (ReferralRow, BY_STUDENT),
    ),
    DataClass.ENGAGEMENTS: (
        (SessionMarkRow, BY_ENGAGEMENT), (EngagementStepRow, BY_ENGAGEMENT),
        (DosageRow, BY_ENGAGEMENT), (ProposalRow, BY_STUDENT), (EngagementRow, BY_STUDENT),
    ),
    DataClass.NOTES: ((NoteRow, BY_STUDENT), (AmendmentRow, BY_STUDENT)),
    DataClass.CONSENTS: (
        (ConsentRequestRow, BY_STUDENT),
        (ConsentFormRow, BY_CONSENT),
        (ConsentRow, BY_STUDENT), (DirectoryChoiceRow, BY_STUDENT),
        (EmergencyAccessRow, BY_STUDENT),
    ),
    DataClass.CONTACTS: ((ContactRestrictionRow, BY_STUDENT), (StudentContactRow, BY_STUDENT)),
    DataClass.ROSTER: (
        (StudentIdentifierRow, BY_STUDENT), (DemographicRow, BY_STUDENT),
        (EnrollmentRow, BY_PERSON), (PersonRoleRow, BY_PERSON),
        (DepartureRow, BY_STUDENT), (ChildEventRow, BY_STUDENT),
        (PossibleDuplicateRow, BY_STUDENT), (PossibleDuplicateRow, BY_EARLIER),
        (StudentRow, BY_ID), (PersonRow, BY_ID),
    ),
}  # fmt: skip
"""The tables of each class, in an order that leaves no reference without its row."""
KEPT = {
    "disclosure": "the log of disclosures stays as long as the law asks, by ids alone (34 CFR 99.32)",
    "erasure": "the certificate",
    "held": "the partners that are to delete their copies; leaves with the retraction",
    "retraction": "a partner that is to delete its copy, until its receipt",
    "review": "asks for that retraction; leaves once it is decided",
    "partner_outbox": "the messages leave with the retraction",
}
"""Tables that name a child and outlive it."""
PARENTS: dict[str, Any] = {
    BY_ENGAGEMENT: EngagementRow,
    BY_CONSENT: ConsentRow,
    BY_REFERRAL: ReferralRow,
}
FAMILY_ROLES = ("guardian", "parent", "relative")


async def remove(
    session: AsyncSession, student_id: UUID, classes: Collection[DataClass]
) -> tuple[int, list[UUID]]:
    """Remove these classes of a child's data. Gives the number of removed rows, and the contacts that
    were removed too."""
    contacts = select(student_contact.contact_id).where(student_contact.student_id == student_id)
    adults = list((await session.execute(contacts)).scalars())
    rows = 0
    for kind, tables in REMOVED.items():
        if kind in classes:
            for table, column in tables:
                rows += await _delete(session, table, column, student_id)
    gone = await _remove_adults(session, adults) if DataClass.CONTACTS in classes else []
    return rows + len(gone), gone


async def _delete(session: AsyncSession, table: Any, column: str, student_id: UUID) -> int:
    own: Any = getattr(table, column)
    parent = PARENTS.get(column)
    which = (
        own == student_id
        if parent is None
        else own.in_(select(parent.id).where(parent.student_id == student_id))
    )
    if table is PersonRow:  # a young parent may be another child's contact, who stays
        which &= ~exists().where(student_contact.contact_id == person.id)
    done: CursorResult[Any] = await session.execute(delete(table).where(which))  # type: ignore[assignment]
    return done.rowcount


async def _remove_adults(session: AsyncSession, adults: Collection[UUID]) -> list[UUID]:
    """Remove the adults whom nothing else names. Of an adult whom a kept consent still names, remove
    the telephone and the e-mail."""
    nobody_elses = (
        person.id.in_(adults)
        & ~exists().where(student_contact.contact_id == person.id)
        & ~exists().where(student.id == person.id)
        & ~exists().where(enrollment.person_id == person.id)
        & ~exists().where(
            person_role.person_id == person.id, person_role.role.not_in(FAMILY_ROLES)
        )
    )
    found = await session.execute(select(person.id).where(nobody_elses).with_for_update())
    lonely = list(found.scalars())
    named = or_(
        exists().where(consent.given_by == person.id),
        exists().where(amendment.asked_by == person.id),
        exists().where(directory_choice.said_by == person.id),
    )
    await people.forget_ways(session, person.id.in_(lonely), named)
    still = set(
        (await session.execute(select(person.id).where(person.id.in_(lonely), named))).scalars()
    )
    gone = [id for id in lonely if id not in still]
    await people.remove(session, gone)
    return gone
