"""Signing in, as the gateway reports it of a person without a membership, and of one of whom the issuer
tells something new."""

from fastapi import Request

from services.partners.identity.accounts import actions as accounts
from services.partners.identity.first_operator import actions
from services.partners.identity.memberships import queries as memberships
from shared.contracts.partners.membership import ActingMembership, SignIn
from shared.http.route import internal
from shared.persistence.database import Session
from shared.security.callers import Composer

inside = internal()


@inside.post("/sign-ins")
async def sign_in(
    draft: SignIn, _: Composer, session: Session, request: Request
) -> list[ActingMembership]:
    """The live memberships of the person who signs in so, once the first operator is admitted where
    the setting names this person, and once the name and address are kept."""
    first_operator = request.app.state.settings.first_operator
    await actions.admit_as_set(session, first_operator, draft.issuer, draft.subject)
    await accounts.keep_profile(session, draft)
    return await memberships.acting(session, draft.issuer, draft.subject)
