"""Disclosing a child's whole record, with the release in the log as an export."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.disclosures.queries import refusals_kept
from services.students.access.emergency_access import queries as emergencies
from services.students.access.facts.queries import facts
from services.students.access.policy import queries as access
from services.students.consent.consent_requests import queries as requests
from services.students.lifecycle.amendments import queries as amendments
from services.students.lifecycle.exports import queries, rules
from services.students.participation.proposals import queries as proposals
from services.students.referrals.referrals import queries as referrals
from services.students.support.notes import queries as notes
from services.students.views.student_view import queries as student_view
from shared.contracts.students.access import Category
from shared.contracts.students.disclosure import Channel
from shared.contracts.students.export import StudentExport
from shared.persistence.database import write_waiting
from shared.security.grants import GrantSigner
from shared.security.principal import Principal


async def disclose_record(
    session: AsyncSession,
    caller: Principal,
    student_id: UUID,
    signer: GrantSigner,
    now: datetime,
) -> StudentExport:
    child = await facts(session, caller, student_id)
    decision = access.decided(caller, student_id, child)

    with refusals_kept(caller, student_id, set(Category)):
        rules.ensure_may_export(decision.relation, eligible=child is not None and child.eligible)

    picture, decision = await student_view.picture(session, caller, student_id, signer)
    disclosures.release(session, caller, student_id, decision, set(Category), Channel.EXPORT)
    await write_waiting(session)  # the export is in its own list of disclosures
    who = notes.reading(caller, decision)
    return StudentExport(
        picture=picture,
        attendance_days=await queries.attendance_days(session, student_id),
        engagement_steps=await queries.steps(session, student_id),
        proposals=await proposals.every_proposal(session, student_id),
        referrals=await referrals.every_referral(session, student_id),
        referral_steps=await queries.referral_steps(session, student_id),
        session_marks=await queries.marks(session, student_id),
        consents=await queries.consents(session, student_id),
        consent_requests=await requests.every_request(session, caller, student_id),
        disclosures=await queries.disclosures(session, student_id),
        emergencies=await emergencies.every_access(session, caller, student_id),
        amendments=await amendments.every_amendment(session, student_id),
        notes=await notes.every_note(session, student_id, who),
        made_at=now,
    )
