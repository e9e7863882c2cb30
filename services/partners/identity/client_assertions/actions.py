"""Taking an assertion: it is judged, and can never be used again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.partners.identity.client_assertions import rules
from services.partners.identity.client_assertions.records import UsedAssertionRow
from services.partners.identity.clients.queries import signing_key
from shared.contracts.partners.client import AssertedClient

PRUNED_AT_ONCE = 100


async def take(
    session: AsyncSession, assertion: str, audiences: Sequence[str], now: datetime
) -> AssertedClient:
    """Raises `assertion-refused`, whatever is wrong."""
    said = rules.claimed(assertion, audiences, now)
    key = await signing_key(session, said.client_id, said.kid)
    if key is None:
        raise rules.refused()

    rules.ensure_signed_by(said, key.jwk)

    if not await _is_first(session, said):
        raise rules.refused()
    await _prune(session, now)
    return AssertedClient(client_id=said.client_id, key_id=key.id)


async def _is_first(session: AsyncSession, said: rules.Claimed) -> bool:
    """Of many at once one is; the others wait for it here."""
    kept = await session.execute(
        insert(UsedAssertionRow)
        .values(client_id=said.client_id, jti=said.jti, expires_at=said.expires_at)
        .on_conflict_do_nothing()
        .returning(col(UsedAssertionRow.jti))
    )
    return kept.one_or_none() is not None


async def _prune(session: AsyncSession, now: datetime) -> None:
    """Each that comes takes some that have had their time along; nobody waits for it."""
    name = tuple_(col(UsedAssertionRow.client_id), col(UsedAssertionRow.jti))
    past = (
        select(col(UsedAssertionRow.client_id), col(UsedAssertionRow.jti))
        .where(col(UsedAssertionRow.expires_at) < now)
        .limit(PRUNED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(UsedAssertionRow).where(name.in_(past)))
