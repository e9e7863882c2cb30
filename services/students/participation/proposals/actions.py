"""Asking a family to apply, and the family's answer. An accepted proposal is the family's own
application."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.consent.signers import queries as signers
from services.students.participation.engagements import actions as engagements
from services.students.participation.engagements import queries as engaged
from services.students.participation.engagements.rules import (
    ensure_not_engaged,
    ensure_program_takes,
)
from services.students.participation.programs import queries as programs
from services.students.participation.proposals import queries, rules
from services.students.participation.proposals.records import ProposalRow
from services.students.roster.students import queries as students
from shared.contracts.students.access import Category
from shared.contracts.students.consent import Signing
from shared.contracts.students.engagement import EngagementDraft
from shared.contracts.students.proposal import (
    Proposal,
    ProposalChanged,
    ProposalDraft,
    ProposalStatus,
)
from shared.events.outbox import announce
from shared.http.paging import Page
from shared.security.principal import FAMILY, Principal


async def disclose_proposals(
    session: AsyncSession, caller: Principal, found: Page[Proposal]
) -> Page[Proposal]:
    """The page with the children's names, after writing down the release of each proposal."""
    return await disclosures.named(session, caller, found, [Category.ENGAGEMENT])


async def disclose_proposal(
    session: AsyncSession, caller: Principal, proposal_id: UUID
) -> Proposal:
    found = await queries.one_proposal(session, caller, proposal_id)
    told = await disclose_proposals(session, caller, Page(items=[found], next=None))
    return told.items[0]


async def propose(
    session: AsyncSession, caller: Principal, draft: ProposalDraft, today: date
) -> ProposalRow:
    rules.ensure_may_propose(caller.role)
    program = await programs.program_row(session, draft.program_id)
    await students.student_for_engagement(session, caller, draft.student_id)
    already = await engaged.is_engaged(session, draft.student_id, draft.program_id)
    proposed = await queries.is_open(session, draft.student_id, draft.program_id)

    ensure_not_engaged(already)
    rules.ensure_none_open(proposed=proposed)
    ensure_program_takes(program.status, program.ends_on, today)

    row = ProposalRow(
        **draft.model_dump(), proposed_by=caller.account_id, expires_on=rules.last_day(today)
    )

    _announce(session, row, ProposalStatus.OPEN)
    return row


async def accept(
    session: AsyncSession,
    caller: Principal,
    proposal_id: UUID,
    signing: Signing,
    today: date,
    now: datetime,
) -> ProposalRow:
    row = await _answered(session, caller, proposal_id, signing)
    paper = None if caller.role in FAMILY else signing
    draft = EngagementDraft(student_id=row.student_id, program_id=row.program_id, signing=paper)
    begun = await engagements.begin(session, caller, draft, today)

    row.answer, row.answered_at, row.engagement_id = ProposalStatus.ACCEPTED, now, begun.id

    _announce(session, row, ProposalStatus.ACCEPTED)
    return row


async def decline(
    session: AsyncSession, caller: Principal, proposal_id: UUID, signing: Signing, now: datetime
) -> ProposalRow:
    row = await _answered(session, caller, proposal_id, signing)

    row.answer, row.answered_at = ProposalStatus.DECLINED, now

    _announce(session, row, ProposalStatus.DECLINED)
    return row


async def withdraw(
    session: AsyncSession, caller: Principal, proposal_id: UUID, now: datetime
) -> ProposalRow:
    row, status = await queries.proposal_row(session, caller, proposal_id)

    rules.ensure_may_withdraw(caller.role, own=row.proposed_by == caller.account_id)
    rules.ensure_open(status)

    row.answer, row.answered_at = ProposalStatus.WITHDRAWN, now

    _announce(session, row, ProposalStatus.WITHDRAWN)
    return row


async def _answered(
    session: AsyncSession, caller: Principal, proposal_id: UUID, signing: Signing
) -> ProposalRow:
    """The open proposal, with the person of the family who answers it."""
    row, status = await queries.proposal_row(session, caller, proposal_id)
    _, signer = await signers.speaking(session, caller, row.student_id, signing)

    rules.ensure_open(status)

    row.given_by, row.signed_on = signer, signing.signed_on
    return row


def _announce(session: AsyncSession, row: ProposalRow, status: ProposalStatus) -> None:
    session.add(row)
    changed = ProposalChanged(
        proposal_id=row.id, student_id=row.student_id, program_id=row.program_id, status=status
    )
    announce(session, row, changed)
