"""Signatures over HTTP."""

from uuid import UUID

from fastapi import Response

from services.partners.agreements.agreements import queries
from services.partners.agreements.agreements.routes import Keeper, told
from services.partners.agreements.signatures import actions
from shared.contracts.partners.agreement import Agreement, SignatureDraft
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Session

router = noun("signatures", prefix="/v1/agreements/{agreement_id}/signatures")


@router.post("", status_code=201, responses=refusals(404, 409))
async def sign_agreement(
    agreement_id: UUID,
    draft: SignatureDraft,
    caller: Keeper,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Sign what is on the table for one's own partner. With the last signature it is signed, and
    in force once it has started; an amendment then takes the place of the present terms. Refuses
    with `terms-changed` where other terms are on the table than those said to be signed. Announces
    `partners.agreement.changed.v1`."""
    await actions.sign(session, caller, agreement_id, draft, now)
    await session.flush()
    return told(response, await queries.agreement(session, caller, agreement_id, now))
