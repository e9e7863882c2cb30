"""Somebody who is signed in, and may be nothing here yet, takes an invitation."""

from fastapi import Request, Security

from gateway.state import BEARER, Here
from gateway.views.routing import views
from shared.contracts.partners.invitation import Acceptance
from shared.contracts.partners.membership import TakenMembership
from shared.core.refusals import Forbidden, Unauthenticated, refusals
from shared.security.principal import NOBODY, THE_GATEWAY

router = views("invitations")


@router.post(
    "/invitations/acceptance",
    status_code=201,
    responses=refusals(404),
    dependencies=[Security(BEARER)],
)
async def accept_invitation(
    request: Request, acceptance: Acceptance, gateway: Here
) -> TakenMembership:
    """Become what an invitation says. A secret that is wrong, used, withdrawn or too late is
    answered alike. Announces `partners.invitation.accepted.v1` and
    `partners.membership.granted.v1`."""
    try:
        identity = await gateway.callers.identity(request)
    except Unauthenticated:
        await gateway.rates.count(request, NOBODY)
        raise
    if identity is None:
        raise Unauthenticated("sign-in-required", "Sign in to accept an invitation.")
    await gateway.rates.count_for(f"{identity.issuer}|{identity.subject}")
    if identity.issuer == gateway.own_tokens.issuer:
        raise Forbidden("person-needed", "A person accepts an invitation, not a system.")
    asked = {"issuer": identity.issuer, "subject": identity.subject} | acceptance.model_dump()
    reply = await gateway.upstream.post(
        "partners", "/internal/invitations/acceptance", THE_GATEWAY, asked
    )
    if not reply.good:
        raise reply.refusal("partners")
    gateway.callers.forget()  # at once, not only when the event is heard
    return TakenMembership.model_validate(reply.json())
