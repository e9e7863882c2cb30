"""Assertions, as the gateway forwards them from its token endpoint."""

from services.partners.identity.client_assertions import actions
from shared.contracts.partners.client import AssertedClient, AssertionDraft
from shared.core.clock import Now
from shared.http.route import internal
from shared.persistence.database import Session
from shared.security.callers import Composer

inside = internal()


@inside.post("/assertions")
async def take_assertion(
    draft: AssertionDraft, _: Composer, session: Session, now: Now
) -> AssertedClient:
    """The client that made the assertion, and the key that signed it. An assertion is accepted
    once. 401 `assertion-refused` for any other."""
    return await actions.take(session, draft.assertion, draft.audiences, now)
