"""Assertions, as the gateway brings them from its token endpoint."""

from typing import Annotated

from services.partners.identity.client_assertions import actions
from shared.contracts.partners.client import AssertedClient, AssertionDraft
from shared.core.clock import Now
from shared.http.route import internal
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

inside = internal()
TheGateway = Annotated[Principal, may(Permission.COMPOSE)]


@inside.post("/assertions")
async def take_assertion(
    draft: AssertionDraft, _: TheGateway, session: Session, now: Now
) -> AssertedClient:
    """Whose assertion this is, and by which key; once. 401 `assertion-refused` for any other."""
    return await actions.take(session, draft.assertion, draft.audiences, now)
