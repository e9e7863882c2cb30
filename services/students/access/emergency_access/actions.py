"""Opening, ending and reviewing access in an emergency."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import rules as disclosures
from services.students.access.disclosures.actions import record
from services.students.access.emergency_access import queries, rules
from services.students.access.emergency_access.records import EmergencyAccessRow
from services.students.access.legal_bases.rules import Ground
from services.students.access.policy import rules as policy
from services.students.access.reevaluations.actions import review_children
from shared.contracts.students.access import Basis
from shared.contracts.students.disclosure import Channel
from shared.contracts.students.emergency import (
    EmergencyAccessEnded,
    EmergencyAccessOpened,
    EmergencyAccessReviewed,
    EmergencyDraft,
    EmergencyReview,
)
from shared.events.outbox import announce
from shared.security.principal import Principal


async def open_access(
    session: AsyncSession,
    caller: Principal,
    student_id: UUID,
    draft: EmergencyDraft,
    now: datetime,
) -> EmergencyAccessRow:
    """Open the access for this account. The log gets a row for the opened categories now, and a row
    for each reading later."""
    await queries.ensure_child(session, caller, student_id)
    open_now = await queries.count_open(session, caller)

    rules.ensure_few(open_now)

    opened = EmergencyAccessRow(
        student_id=student_id, account_id=caller.account_id, partner_id=caller.partner_id,
        role=caller.role, reason=draft.reason, begins_at=now,
        ends_at=rules.ends_at(now, draft.hours),
    )  # fmt: skip
    ground = Ground(policy.EMERGENCY, Basis.EMERGENCY, emergency_id=opened.id)
    row = disclosures.of_ground(
        caller, student_id, ground, policy.EMERGENCY_CATEGORIES, Channel.READ
    )
    record(session, row)

    event = EmergencyAccessOpened(
        emergency_id=opened.id, student_id=student_id,
        partner_id=opened.partner_id, begins_at=opened.begins_at, ends_at=opened.ends_at,
    )  # fmt: skip
    announce(session, opened, event)
    return opened


async def end(
    session: AsyncSession, caller: Principal, access_id: UUID, now: datetime
) -> EmergencyAccessRow:
    """End an access before its time. One that has ended stays as it was."""
    opened = await queries.access_row(session, caller, access_id)
    if not rules.ended_early(opened.ends_at, now):
        return opened

    opened.ends_at = now

    event = EmergencyAccessEnded(
        emergency_id=opened.id, student_id=opened.student_id, ended_at=now
    )
    announce(session, opened, event)
    await review_children(session, [opened.student_id])
    return opened


async def review(
    session: AsyncSession, caller: Principal, access_id: UUID, finding: EmergencyReview,
    now: datetime,
) -> EmergencyAccessRow:  # fmt: skip
    """Record the review by the child's district, once. An access that was not justified ends at
    once."""
    opened = await queries.access_row(session, caller, access_id)
    await queries.ensure_of_district(session, caller, opened.student_id)

    rules.ensure_reviewer(opened.account_id, caller.account_id)
    rules.ensure_not_reviewed(opened.reviewed_at)

    opened.sqlmodel_update(finding.model_dump())
    opened.reviewed_by, opened.reviewed_at = caller.account_id, now
    if not finding.justified:
        opened.ends_at = min(opened.ends_at, now)

    event = EmergencyAccessReviewed(
        emergency_id=opened.id, student_id=opened.student_id, justified=finding.justified,
        reviewed_at=now,
    )  # fmt: skip
    announce(session, opened, event)
    if not finding.justified:
        await review_children(session, [opened.student_id])
    return opened
