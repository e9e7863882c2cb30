"""Everything about a child beside its picture. The action has decided that the caller may have the
whole record."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.students.access.disclosures.records import DisclosureRow, disclosure
from services.students.consent.consents.records import ConsentRow, consent
from services.students.participation.attendance.queries import marks as school_marks
from services.students.participation.attendance.records import attendance_mark
from services.students.participation.engagements.records import (
    EngagementStepRow,
    engagement,
    engagement_step,
)
from services.students.participation.programs.queries import names_of
from services.students.participation.programs.records import offering_partner
from services.students.participation.sessions.records import (
    SessionMarkRow,
    program_session,
    session_mark,
)
from services.students.referrals.referrals.queries import told_steps
from services.students.referrals.referrals.records import referral, referral_step
from shared.contracts.students.attendance import AttendanceDay
from shared.contracts.students.export import (
    ExportedConsent,
    ExportedDisclosure,
    ExportedMark,
    ExportedReferralStep,
    ExportedStep,
)
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many


async def attendance_days(reader: Reading, student_id: UUID) -> list[AttendanceDay]:
    theirs = school_marks(attendance_mark.student_id == student_id)
    return await many(reader, theirs, AttendanceDay)


async def steps(reader: Reading, student_id: UUID) -> list[ExportedStep]:
    found = select(*columns(ExportedStep, EngagementStepRow)).join(
        engagement, engagement.id == engagement_step.engagement_id
    )
    theirs = found.where(engagement.student_id == student_id).order_by(
        engagement_step.engagement_id, engagement_step.number
    )
    return await many(reader, theirs, ExportedStep)


async def referral_steps(reader: Reading, student_id: UUID) -> list[ExportedReferralStep]:
    theirs = told_steps(ExportedReferralStep).where(
        referral.student_id == student_id, referral.begun_on.is_not(None)
    )
    by = (referral_step.referral_id, referral_step.number)
    return await many(reader, theirs.order_by(*by), ExportedReferralStep)


async def marks(reader: Reading, student_id: UUID) -> list[ExportedMark]:
    found = (
        select(
            *columns(ExportedMark, SessionMarkRow),
            program_session.held_on,
            program_session.starts_at,
            program_session.place,
        )
        .join(program_session, program_session.id == session_mark.session_id)
        .join(engagement, engagement.id == session_mark.engagement_id)
        .where(engagement.student_id == student_id)
        .order_by(program_session.held_on, program_session.id)
    )
    return await many(reader, found, ExportedMark)


async def consents(reader: Reading, student_id: UUID) -> list[ExportedConsent]:
    found = _of(ExportedConsent, ConsentRow, student_id, consent.id).add_columns(
        offering_partner.name.label("partner_name")
    )
    return await many(
        reader,
        found.outerjoin(offering_partner, offering_partner.partner_id == consent.partner_id),
        ExportedConsent,
    )


async def disclosures(reader: Reading, student_id: UUID) -> list[ExportedDisclosure]:
    found = _of(ExportedDisclosure, DisclosureRow, student_id, disclosure.position)
    named = found.add_columns(
        offering_partner.name.label("organization_name"),
        names_of(disclosure.further_parties).label("further_party_names"),
    )
    return await many(
        reader,
        named.outerjoin(
            offering_partner, offering_partner.partner_id == disclosure.organization_id
        ),
        ExportedDisclosure,
    )


def _of(answer: Any, table: Any, student_id: UUID, by: Any) -> Select[Any]:
    return select(*columns(answer, table)).where(table.student_id == student_id).order_by(by)
