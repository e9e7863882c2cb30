"""Signatures over HTTP."""

from uuid import UUID

from fastapi import Response

from services.partners.agreements.agreements import queries
from services.partners.agreements.agreements.routes import answer_of
from services.partners.agreements.signatures import actions
from shared.contracts.partners.agreement import Agreement, SignatureDraft
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import AgreementsWriter

router = noun("signatures", prefix="/v1/agreements/{agreement_id}/signatures")


@router.post("", status_code=201, responses=refusals(404, 409))
async def sign_agreement(
    agreement_id: UUID,
    draft: SignatureDraft,
    caller: AgreementsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Agreement:
    """Sign the proposed terms for the caller's own partner. With the last signature the agreement
    is signed, and in force once it has started; an amendment then replaces the present terms.
    Refused with `terms-changed` where `terms_sha256` is not that of the proposed terms. Announces
    `partners.agreement.changed.v1`."""
    await actions.sign(session, caller, agreement_id, draft, now)
    await session.flush()
    return answer_of(response, await queries.one_agreement(session, caller, agreement_id, now))
