"""Proposals and amendments over HTTP."""

from uuid import UUID

from fastapi import Response

from services.partners.agreements.agreements import queries
from services.partners.agreements.agreements.routes import Keeper, told
from services.partners.agreements.proposals import actions
from shared.contracts.partners.agreement import Agreement, AgreementTerms
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch
from shared.http.route import noun
from shared.persistence.database import Session

router = noun("agreements")


@router.post("/{agreement_id}/proposal", status_code=201, responses=refusals(404, 409, 412, 428))
async def propose_agreement(
    agreement_id: UUID,
    expected: IfMatch,
    caller: Keeper,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Put a draft on the table, for every party to sign. Announces
    `partners.agreement.changed.v1`."""
    await actions.propose(session, caller, agreement_id, expected, now)
    await session.flush()
    return told(response, await queries.agreement(session, caller, agreement_id, now))


@router.delete("/{agreement_id}/proposal", responses=refusals(404, 409, 412, 428))
async def withdraw_proposal(
    agreement_id: UUID,
    expected: IfMatch,
    caller: Keeper,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Take what waits for signatures off the table: a proposal is a draft again, an amendment is
    no more. Signatures under it are void. Announces `partners.agreement.changed.v1`."""
    await actions.withdraw(session, caller, agreement_id, expected, now)
    await session.flush()
    return told(response, await queries.agreement(session, caller, agreement_id, now))


@router.post("/{agreement_id}/amendments", status_code=201, responses=refusals(404, 409, 412, 428))
async def amend_agreement(
    agreement_id: UUID,
    terms: AgreementTerms,
    expected: IfMatch,
    caller: Keeper,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Put the next version of the terms on the table. The present one stays in force until every
    party of the new one has signed. Announces `partners.agreement.changed.v1`, which goes on
    telling the terms in force."""
    await actions.amend(session, caller, agreement_id, expected, terms, now)
    await session.flush()
    return told(response, await queries.agreement(session, caller, agreement_id, now))
