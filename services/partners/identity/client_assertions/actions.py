"""Taking an assertion: it is verified, and can never be used again."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.identity.client_assertions import rules
from services.partners.identity.client_assertions.records import used_assertion
from services.partners.identity.clients.queries import signing_key
from shared.contracts.partners.client import AssertedClient
from shared.formats.jwts import JwtRefused, Reason

log = logging.getLogger(__name__)

PRUNED_AT_ONCE = 100


async def take(
    session: AsyncSession, assertion: str, audiences: Sequence[str], now: datetime
) -> AssertedClient:
    """Raises `assertion-refused`, whatever the fault is. The log has the reason."""
    try:
        return await _take(session, assertion, audiences, now)
    except JwtRefused as refused:
        log.info("assertion refused", extra={"reason": refused.reason})
        raise rules.refused() from refused


async def _take(
    session: AsyncSession, assertion: str, audiences: Sequence[str], now: datetime
) -> AssertedClient:
    said = rules.claimed(assertion, audiences, now)
    key = await signing_key(session, said.client_id, said.kid)
    if key is None:
        raise JwtRefused(Reason.KEY_UNKNOWN)

    rules.ensure_signed_by(said, key.jwk)

    if not await _is_first(session, said):
        raise JwtRefused(Reason.USED)
    await _prune(session, now)
    return AssertedClient(client_id=said.client_id, key_id=key.id)


async def _is_first(session: AsyncSession, said: rules.Claimed) -> bool:
    """True for one of several concurrent uses of the same assertion; the others wait here for
    it."""
    kept = await session.execute(
        insert(used_assertion)
        .values(client_id=said.client_id, jti=said.jti, expires_at=said.expires_at)
        .on_conflict_do_nothing()
        .returning(used_assertion.jti)
    )
    return kept.one_or_none() is not None


async def _prune(session: AsyncSession, now: datetime) -> None:
    """Each assertion taken deletes some expired ones; none waits for a lock."""
    name = tuple_(used_assertion.client_id, used_assertion.jti)
    past = (
        select(used_assertion.client_id, used_assertion.jti)
        .where(used_assertion.expires_at < now)
        .limit(PRUNED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(used_assertion).where(name.in_(past)))
