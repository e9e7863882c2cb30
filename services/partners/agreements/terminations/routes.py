"""Ending agreements over HTTP."""

from uuid import UUID

from fastapi import Response

from services.partners.agreements.agreements import queries
from services.partners.agreements.agreements.routes import Keeper, told
from services.partners.agreements.terminations import actions
from shared.contracts.partners.agreement import Agreement, PartyAct
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Session

router = noun("agreements")


@router.post("/{agreement_id}/ending", status_code=201, responses=refusals(404, 409))
async def end_agreement(
    agreement_id: UUID,
    act: PartyAct,
    caller: Keeper,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """End it for good, at once; each recipient then has a destruction to attest. Takes no
    If-Match: a stop waits for nothing. Announces `partners.agreement.changed.v1` and
    `partners.destruction.changed.v1`."""
    await actions.end(session, caller, agreement_id, act, now)
    await session.flush()
    return told(response, await queries.agreement(session, caller, agreement_id, now))
