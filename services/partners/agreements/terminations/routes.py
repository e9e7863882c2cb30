"""Ending agreements over HTTP."""

from uuid import UUID

from fastapi import Response

from services.partners.agreements.agreements import queries
from services.partners.agreements.agreements.routes import answer_of
from services.partners.agreements.terminations import actions
from shared.contracts.partners.agreement import Agreement, PartyAct
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import AgreementsWriter

router = noun("agreements")


@router.post("/{agreement_id}/ending", status_code=201, responses=refusals(404, 409))
async def end_agreement(
    agreement_id: UUID,
    act: PartyAct,
    caller: AgreementsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """End an agreement for good, at once. Each recipient must then attest a destruction. Needs no
    If-Match, since a stop must not wait. Announces `partners.agreement.changed.v1` and
    `partners.destruction.changed.v1`."""
    await actions.end(session, caller, agreement_id, act, now)
    await session.flush()
    return answer_of(response, await queries.one_agreement(session, caller, agreement_id, now))
