"""Proposals and amendments over HTTP."""

from uuid import UUID

from fastapi import Response

from services.partners.agreements.agreements import queries
from services.partners.agreements.agreements.routes import answer_of
from services.partners.agreements.proposals import actions
from shared.contracts.partners.agreement import Agreement, AgreementTerms
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import AgreementsWriter

router = noun("agreements")


@router.post("/{agreement_id}/proposal", status_code=201, responses=refusals(404, 409, 412, 428))
async def propose_agreement(
    agreement_id: UUID,
    expected: IfMatch,
    caller: AgreementsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Propose a draft to every party for signature. Announces `partners.agreement.changed.v1`."""
    await actions.propose(session, caller, agreement_id, expected, now)
    await session.flush()
    return answer_of(response, await queries.one_agreement(session, caller, agreement_id, now))


@router.delete("/{agreement_id}/proposal", responses=refusals(404, 409, 412, 428))
async def withdraw_agreement(
    agreement_id: UUID,
    expected: IfMatch,
    caller: AgreementsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Withdraw the terms that wait for signatures. A proposal becomes a draft again; an amendment
    is deleted. Signatures under the withdrawn terms are void. Announces
    `partners.agreement.changed.v1`."""
    await actions.withdraw(session, caller, agreement_id, expected, now)
    await session.flush()
    return answer_of(response, await queries.one_agreement(session, caller, agreement_id, now))


@router.post("/{agreement_id}/amendments", status_code=201, responses=refusals(404, 409, 412, 428))
async def amend_agreement(
    agreement_id: UUID,
    terms: AgreementTerms,
    expected: IfMatch,
    caller: AgreementsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Propose the next version of the terms. The present version stays in force until every party
    of the next one has signed. Announces `partners.agreement.changed.v1`, which still carries the
    present terms."""
    await actions.amend(session, caller, agreement_id, expected, terms, now)
    await session.flush()
    return answer_of(response, await queries.one_agreement(session, caller, agreement_id, now))
