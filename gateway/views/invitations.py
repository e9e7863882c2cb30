"""A signed-in person, perhaps without any membership yet, accepts an invitation."""

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
    """Accept an invitation and get its membership. A wrong, used, withdrawn or expired secret is
    refused in the same words. Announces `partners.invitation.accepted.v1` and
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
        raise Forbidden("person-needed", "Only a person can accept an invitation, not a system.")
    asked = {"issuer": identity.issuer, "subject": identity.subject} | acceptance.model_dump()
    reply = await gateway.upstream.post(
        "partners", "/internal/invitations/acceptance", THE_GATEWAY, asked
    )
    if not reply.good:
        raise reply.refusal("partners")
    gateway.callers.forget()  # at once, without waiting for the event
    return TakenMembership.model_validate(reply.json())
