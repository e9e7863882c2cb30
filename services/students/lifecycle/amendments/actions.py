"""Asking for an amendment, deciding on it, recording its hearing, and attaching the family's
statement."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.disclosures.queries import refusals_kept
from services.students.access.policy import queries as access
from services.students.lifecycle.amendments import queries, rules
from services.students.lifecycle.amendments.records import AmendmentRow
from services.students.roster.students import actions as students
from services.students.roster.students import queries as child_queries
from services.students.roster.students.records import StudentRow
from shared.contracts.students.access import Category
from shared.contracts.students.amendment import (
    Amendment,
    AmendmentChanged,
    AmendmentDecision,
    AmendmentDraft,
    AmendmentStatus,
    HearingDraft,
    StatementDraft,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.http.paging import Page, PageRequest
from shared.persistence.queries import row_for_change
from shared.security.principal import Principal


async def disclose_amendments(
    session: AsyncSession, caller: Principal, paging: PageRequest, student_id: UUID
) -> Page[Amendment]:
    """The child's amendments, after writing down the release."""
    await _known(session, caller, student_id)
    return await queries.amendments(session, paging, student_id)


async def disclose_amendment(
    session: AsyncSession, caller: Principal, student_id: UUID, amendment_id: UUID
) -> Amendment:
    await _known(session, caller, student_id)
    return await queries.one_amendment(session, student_id, amendment_id)


async def ask(
    session: AsyncSession, caller: Principal, student_id: UUID, draft: AmendmentDraft
) -> AmendmentRow:
    person_id = await queries.holder(session, caller, student_id, draft.category)

    row = AmendmentRow(
        student_id=student_id, status=AmendmentStatus.ASKED, asked_by=person_id,
        asked_by_account=caller.account_id, **draft.model_dump(),
    )  # fmt: skip

    announce(session, row, _changed(row))
    return row


async def decide(
    session: AsyncSession,
    caller: Principal,
    student_id: UUID,
    amendment_id: UUID,
    expected: int,
    decision: AmendmentDecision,
    now: datetime,
) -> AmendmentRow:
    await child_queries.student_row(session, caller, student_id)
    row = await queries.amendment_row(session, student_id, amendment_id)
    ensure_version(row, expected)

    rules.ensure_undecided(row.status)
    rules.ensure_reasoned(decision)

    amended = AmendmentStatus.AMENDED if decision.amended else AmendmentStatus.DECLINED
    row.status, row.reason = amended, decision.reason
    row.decided_at, row.decided_by = now, caller.account_id

    announce(session, row, _changed(row))
    return row


async def hear(
    session: AsyncSession,
    caller: Principal,
    student_id: UUID,
    amendment_id: UUID,
    expected: int,
    hearing: HearingDraft,
    today: date,
) -> AmendmentRow:
    student = await child_queries.student_row(session, caller, student_id)
    row = await queries.amendment_row(session, student_id, amendment_id)
    ensure_version(row, expected)

    rules.ensure_stands(row.status)
    rules.ensure_heard_once(row.hearing_on, hearing, today)

    row.hearing_on, row.hearing_finding = hearing.held_on, hearing.finding
    if hearing.amended:
        row.status = AmendmentStatus.AMENDED

    announce(session, row, _changed(row))
    if hearing.amended and row.statement is not None:
        students.announce_child(session, student)
    return row


async def state(
    session: AsyncSession,
    caller: Principal,
    student_id: UUID,
    amendment_id: UUID,
    expected: int,
    draft: StatementDraft,
    now: datetime,
) -> AmendmentRow:
    """Attach the family's statement. From now on it is part of the child's record, whose change is
    announced too."""
    category = Category(
        (await disclose_amendment(session, caller, student_id, amendment_id)).category
    )
    await queries.holder(session, caller, student_id, category)
    student = await row_for_change(session, StudentRow, student_id, "student")
    row = await queries.amendment_row(session, student_id, amendment_id)
    ensure_version(row, expected)

    rules.ensure_stands(row.status)

    row.statement, row.statement_at = draft.text, now

    announce(session, row, _changed(row))
    students.announce_child(session, student)
    return row


async def _known(session: AsyncSession, caller: Principal, student_id: UUID) -> None:
    """Write down the release. An amendment is about the record as a whole, and counts as the child's
    identity."""
    decision = await access.decision(session, caller, student_id, Category.IDENTITY)
    with refusals_kept(caller, student_id, [Category.IDENTITY]):
        rules.ensure_may_know(decision.relation)
    disclosures.release(session, caller, student_id, decision, [Category.IDENTITY])


def _changed(row: AmendmentRow) -> AmendmentChanged:
    return AmendmentChanged(
        amendment_id=row.id, student_id=row.student_id, category=Category(row.category),
        status=AmendmentStatus(row.status), has_statement=row.statement is not None,
    )  # fmt: skip
