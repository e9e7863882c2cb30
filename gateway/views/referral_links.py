"""Somebody without an account opens a link to one referral."""

from hashlib import sha256

from fastapi import Request, Response

from gateway.authentication.own_tokens import LIFETIME_SECONDS
from gateway.state import Here
from gateway.views.routing import views
from shared.contracts.students.referral_link import LinkHolder, OpenedReferral, ReferralOpening
from shared.core.refusals import NotFound, refusals
from shared.security.principal import NOBODY, THE_GATEWAY

router = views("referrals")


@router.post("/referral-links/opening", responses=refusals(404))
async def open_referral(
    request: Request, opening: ReferralOpening, gateway: Here, response: Response
) -> OpenedReferral:
    """Open a link with its PIN, and get a token of ten minutes for its one referral. A wrong secret,
    a wrong PIN and a link that is used up, late or withdrawn are refused in the same words. The
    fifth wrong PIN ends the link."""
    await gateway.rates.count(request, NOBODY)
    await gateway.rates.count_for(f"link {sha256(opening.secret.encode()).hexdigest()}")
    reply = await gateway.upstream.post(
        "students", "/internal/referral-links/opening", THE_GATEWAY, opening.model_dump()
    )
    if not reply.good:
        raise reply.refusal("students")
    holders = [LinkHolder.model_validate(each) for each in reply.json()]
    if not holders:
        raise NotFound("link-closed", "This link opens nothing, or the PIN is another one.")
    response.headers["Cache-Control"] = "no-store"
    return OpenedReferral(
        access_token=gateway.own_tokens.link_token(holders[0].link_id),
        expires_in=LIFETIME_SECONDS,
    )
