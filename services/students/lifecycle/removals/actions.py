"""Removing a child's rows, by class of data. A test sees to it that no table about a child is
forgotten here."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.emergency_access.records import EmergencyAccessRow
from services.students.consent.consent_forms.records import ConsentFormRow
from services.students.consent.consent_requests.records import ConsentRequestRow
from services.students.consent.consents.records import ConsentRow
from services.students.consent.directory_information.records import DirectoryChoiceRow
from services.students.lifecycle.amendments.records import AmendmentRow
from services.students.lifecycle.retention.records import DepartureRow
from services.students.participation.attendance.records import AttendanceDayRow, AttendanceTotalRow
from services.students.participation.dosage.records import DosageRow
from services.students.participation.engagements.records import EngagementRow, EngagementStepRow
from services.students.participation.sessions.records import SessionMarkRow
from services.students.roster.contacts.records import ContactRestrictionRow, StudentContactRow
from services.students.roster.enrollments.records import EnrollmentRow
from services.students.roster.people.records import PersonRoleRow, PersonRow
from services.students.roster.students.records import (
    DemographicRow,
    StudentIdentifierRow,
    StudentRow,
)
from services.students.sharing.child_events.records import ChildEventRow
from services.students.support.notes.records import NoteRow
from shared.contracts.students.erasure import DataClass

BY_STUDENT, BY_PERSON, BY_ID = "student_id", "person_id", "id"
BY_ENGAGEMENT, BY_CONSENT = "engagement_id", "of_consent"
REMOVED: dict[DataClass, tuple[tuple[Any, str], ...]] = {
    DataClass.ATTENDANCE: ((AttendanceDayRow, BY_STUDENT), (AttendanceTotalRow, BY_STUDENT)),
    DataClass.ENGAGEMENTS: (
        (SessionMarkRow, BY_ENGAGEMENT), (EngagementStepRow, BY_ENGAGEMENT),
        (DosageRow, BY_ENGAGEMENT), (EngagementRow, BY_STUDENT),
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
        (StudentRow, BY_ID), (PersonRow, BY_ID),
    ),
}  # fmt: skip
"""In an order that leaves no reference without its row."""
KEPT = {
    "disclosure": "who had what is kept as long as the law asks, by ids alone (34 CFR 99.32)",
    "erasure": "the certificate",
    "held": "who is to be told that the record is gone; leaves with the retraction",
    "retraction": "who is to delete its copy, until it says that it did",
    "review": "asks for that retraction; leaves when it is looked at",
    "partner_outbox": "what was told leaves with the retraction",
}
"""Tables that name a child and outlive it."""
PARENTS: dict[str, Any] = {BY_ENGAGEMENT: EngagementRow, BY_CONSENT: ConsentRow}
FAMILY_ROLES = ("guardian", "parent", "relative")

P: Any = PersonRow  # columns, where mypy would see values
K: Any = StudentContactRow
PR: Any = PersonRoleRow
L: Any = EnrollmentRow
S: Any = StudentRow


async def remove(
    session: AsyncSession, student_id: UUID, classes: Collection[DataClass]
) -> tuple[int, list[UUID]]:
    """How many rows left, and the contacts that were nobody else's and left too."""
    contacts = select(K.contact_id).where(K.student_id == student_id)
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
    if table is PersonRow:  # a young parent may be another child's contact, and stays that
        which &= ~exists().where(K.contact_id == P.id)
    done: CursorResult[Any] = await session.execute(delete(table).where(which))  # type: ignore[assignment]
    return done.rowcount


async def _remove_adults(session: AsyncSession, adults: Collection[UUID]) -> list[UUID]:
    """Those who are here for no other reason; of whom a kept word of consent still names, the
    ways to reach them."""
    nobody_elses = (
        P.id.in_(adults)
        & ~exists().where(K.contact_id == P.id)
        & ~exists().where(S.id == P.id)
        & ~exists().where(L.person_id == P.id)
        & ~exists().where(PR.person_id == P.id, PR.role.not_in(FAMILY_ROLES))
    )
    found = await session.execute(select(P.id).where(nobody_elses).with_for_update())
    lonely = list(found.scalars())
    consent: Any = ConsentRow
    amendment: Any = AmendmentRow
    choice: Any = DirectoryChoiceRow
    named = or_(
        exists().where(consent.given_by == P.id),
        exists().where(amendment.asked_by == P.id),
        exists().where(choice.said_by == P.id),
    )
    unreachable = {"phone": None, "sms": None, "email": None}
    await session.execute(update(P).where(P.id.in_(lonely), named).values(unreachable))
    still = set((await session.execute(select(P.id).where(P.id.in_(lonely), named))).scalars())
    gone = [id for id in lonely if id not in still]
    await session.execute(delete(PR).where(PR.person_id.in_(gone)))
    await session.execute(delete(P).where(P.id.in_(gone)))
    return gone
