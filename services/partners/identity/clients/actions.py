"""Registering clients, adding and ending their keys, and revoking clients."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.queries import partner_row
from services.partners.directory.partners.rules import ensure_active, ensure_keeps
from services.partners.identity.clients import queries, rules
from services.partners.identity.clients.records import ClientKeyRow, ClientRow
from services.partners.identity.ended_keys.queries import client_key_ended
from services.partners.identity.ended_keys.rules import ensure_never_ended
from shared.contracts.partners.client import (
    ClientDraft,
    ClientKeyAdded,
    ClientKeyEnded,
    ClientRegistered,
    ClientRevoked,
    ClientStatus,
    PublicKey,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def register(
    session: AsyncSession, caller: Principal, draft: ClientDraft, now: datetime
) -> ClientRow:
    partner = await partner_row(session, draft.partner_id)

    ensure_keeps(caller, partner.id, partner.parent_id)
    ensure_active(partner.status)

    client = ClientRow(partner_id=partner.id, name=draft.name)
    keys = _key_rows(client.id, draft.keys, (), now)
    for position, (jwk, key) in enumerate(zip(draft.keys, keys, strict=True)):
        ended = await client_key_ended(session, jwk, key.thumbprint)
        ensure_never_ended(ended=ended, field=f"body.keys.{position}")

    announce(session, client, ClientRegistered(client_id=client.id, partner_id=partner.id))
    await session.flush()
    session.add_all(keys)
    return client


async def add_key(
    session: AsyncSession,
    caller: Principal,
    client_id: UUID,
    expected: int,
    jwk: PublicKey,
    now: datetime,
) -> ClientRow:
    client = await queries.client_row(session, caller, client_id)
    ensure_version(client, expected)
    known = await queries.key_rows(session, client_id)

    rules.ensure_live(client.status)
    rules.ensure_room(sum(key.ended_at is None for key in known))

    [key] = _key_rows(client_id, [jwk], known, now)
    ensure_never_ended(ended=await client_key_ended(session, jwk, key.thumbprint), field="body")
    session.add(key)

    announce(
        session, client,
        ClientKeyAdded(client_id=client_id, partner_id=client.partner_id, key_id=key.id),
    )  # fmt: skip
    return client


async def end_key(
    session: AsyncSession,
    caller: Principal,
    client_id: UUID,
    key_id: UUID,
    expected: int,
    now: datetime,
) -> ClientRow:
    """Also the last key: a lost key is ended first, and a new one added afterwards."""
    client = await queries.client_row(session, caller, client_id)
    key = queries.key_among(await queries.key_rows(session, client_id), key_id)
    ensure_version(client, expected)

    rules.ensure_live(client.status)
    rules.ensure_not_ended(ended=key.ended_at is not None)

    key.ended_at = now

    announce(
        session, client,
        ClientKeyEnded(client_id=client_id, partner_id=client.partner_id, key_id=key.id),
    )  # fmt: skip
    return client


async def revoke(
    session: AsyncSession, caller: Principal, client_id: UUID, expected: int, now: datetime
) -> ClientRow:
    client = await queries.client_row(session, caller, client_id)
    ensure_version(client, expected)

    rules.ensure_live(client.status)

    _revoke(session, client, now)
    return client


async def revoke_all(session: AsyncSession, partner_id: UUID, now: datetime) -> None:
    """The clients of a partner that closes."""
    for client in await queries.live_rows(session, partner_id):
        _revoke(session, client, now)


def _revoke(session: AsyncSession, client: ClientRow, now: datetime) -> None:
    client.status = ClientStatus.REVOKED
    client.revoked_at = now

    announce(session, client, ClientRevoked(client_id=client.id, partner_id=client.partner_id))


def _key_rows(
    client_id: UUID, jwks: Sequence[PublicKey], known: Sequence[ClientKeyRow], now: datetime
) -> list[ClientKeyRow]:
    made = [
        ClientKeyRow(
            client_id=client_id,
            kid=jwk.kid,
            thumbprint=rules.key_of(jwk).thumbprint(),
            jwk=jwk.model_dump(exclude_none=True),
            added_at=now,
        )
        for jwk in jwks
    ]

    rules.ensure_new(
        [(key.kid, key.thumbprint) for key in known], [(key.kid, key.thumbprint) for key in made]
    )
    return made
