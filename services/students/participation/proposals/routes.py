"""Proposals over HTTP."""

from uuid import UUID

from fastapi import Response

from services.students.participation.proposals import actions, queries
from shared.contracts.students.consent import Signing
from shared.contracts.students.proposal import Proposal, ProposalDraft, ProposalStatus
from shared.core.clock import Now, Today
from shared.core.refusals import refusals
from shared.http.etags import tagged
from shared.http.filters import OfProgram, OfStatus, OfStudent
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import EngagementsApplicant, EngagementsReader

router = noun("proposals")


@router.get("")
async def list_proposals(
    caller: EngagementsReader, session: Session, paging: Paging, student_id: OfStudent = None,
    program_id: OfProgram = None, status: OfStatus[ProposalStatus] = None,
) -> Page[Proposal]:  # fmt: skip
    """The proposals about children whose participation the caller may see, newest first. A partner
    reads none: it learns of a child when the family applies."""
    found = await queries.proposals(
        session, caller, paging, student_id=student_id, program_id=program_id, wanted=status
    )
    return await actions.disclose_proposals(session, caller, found)


@router.post("", status_code=201, responses=refusals(404, 409))
async def propose_program(
    draft: ProposalDraft,
    caller: EngagementsApplicant,
    session: Session,
    today: Today,
    response: Response,
) -> Proposal:
    """Ask a child's family to apply for a program. School and district ask where an application of
    their own lacks a ground (`ground-missing`). The family has 60 days to answer. Announces
    `students.proposal.changed.v1`."""
    row = await actions.propose(session, caller, draft, today)
    return await _told(session, caller, row.id, response)


@router.get("/{proposal_id}", responses=refusals(404))
async def read_proposal(
    proposal_id: UUID, caller: EngagementsReader, session: Session, response: Response
) -> Proposal:
    """One proposal. A hidden one and an absent one are answered alike."""
    return tagged(response, await actions.disclose_proposal(session, caller, proposal_id))


@router.post("/{proposal_id}/acceptance", status_code=201, responses=refusals(404, 409))
async def accept_proposal(
    proposal_id: UUID,
    signing: Signing,
    caller: EngagementsApplicant,
    session: Session,
    today: Today,
    now: Now,
    response: Response,
) -> Proposal:
    """Apply, as the family. The district records an answer on paper, and names the signer and the
    day. Announces `students.engagement.changed.v1` and `students.proposal.changed.v1`."""
    row = await actions.accept(session, caller, proposal_id, signing, today, now)
    return await _told(session, caller, row.id, response)


@router.post("/{proposal_id}/refusal", status_code=201, responses=refusals(404, 409))
async def decline_proposal(
    proposal_id: UUID, signing: Signing, caller: EngagementsApplicant, session: Session, now: Now,
    response: Response,
) -> Proposal:  # fmt: skip
    """Decline, as the family. The district records an answer on paper, and names the signer and the
    day. Announces `students.proposal.changed.v1`."""
    row = await actions.decline(session, caller, proposal_id, signing, now)
    return await _told(session, caller, row.id, response)


@router.post("/{proposal_id}/withdrawal", status_code=201, responses=refusals(404, 409))
async def withdraw_proposal(
    proposal_id: UUID, caller: EngagementsApplicant, session: Session, now: Now, response: Response
) -> Proposal:
    """Withdraw a proposal: an educator the own, the district any. Announces
    `students.proposal.changed.v1`."""
    row = await actions.withdraw(session, caller, proposal_id, now)
    return await _told(session, caller, row.id, response)


async def _told(
    session: Session, caller: EngagementsReader, proposal_id: UUID, response: Response
) -> Proposal:
    await session.flush()
    return tagged(response, await actions.disclose_proposal(session, caller, proposal_id))
