"""Clients over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.partners.identity.clients import actions, queries
from shared.contracts.partners.client import Client, ClientDraft, ClientStatus, PublicKey
from shared.contracts.partners.membership import ActingMembership
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfPartner, OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import internal, noun
from shared.persistence.database import Reader, Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("clients")
inside = internal()
Looker = Annotated[Principal, may(Permission.CLIENTS_READ)]
Keeper = Annotated[Principal, may(Permission.CLIENTS_WRITE)]
TheGateway = Annotated[Principal, may(Permission.COMPOSE)]


@router.get("")
async def list_clients(
    caller: Looker,
    reader: Reader,
    paging: Paging,
    partner_id: OfPartner = None,
    status: OfStatus[ClientStatus] = None,
) -> Page[Client]:
    """The systems of one's own partner, for a district also of its schools, or all for backbone
    and operator."""
    return await queries.clients(reader, caller, partner_id, status, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def register_client(
    draft: ClientDraft, caller: Keeper, session: Session, now: Now, response: Response
) -> Client:
    """Make a partner's system known by its public keys; its `id` is the `client_id` with which it
    asks for access tokens. Announces `partners.client.registered.v1`."""
    row = await actions.register(session, caller, draft, now)
    await session.flush()
    return tagged(response, await queries.client(session, caller, row.id))


@router.get("/{client_id}", responses=refusals(404))
async def read_client(
    client_id: UUID, caller: Looker, reader: Reader, response: Response
) -> Client:
    """One client, with every key it has or had."""
    return tagged(response, await queries.client(reader, caller, client_id))


@router.post("/{client_id}/keys", status_code=201, responses=refusals(404, 409, 412, 428))
async def add_key(
    client_id: UUID,
    jwk: PublicKey,
    expected: IfMatch,
    caller: Keeper,
    session: Session,
    now: Now,
    response: Response,
) -> Client:
    """Let a client sign with another key too. Announces `partners.client.key-added.v1`."""
    await actions.add_key(session, caller, client_id, expected, jwk, now)
    await session.flush()
    return tagged(response, await queries.client(session, caller, client_id))


@router.delete("/{client_id}/keys/{key_id}", responses=refusals(404, 409, 412, 428))
async def end_key(
    client_id: UUID,
    key_id: UUID,
    expected: IfMatch,
    caller: Keeper,
    session: Session,
    now: Now,
    response: Response,
) -> Client:
    """End a key, and within a second the tokens that came by it. If-Match takes the client's ETag.
    Announces `partners.client.key-ended.v1`."""
    await actions.end_key(session, caller, client_id, key_id, expected, now)
    await session.flush()
    return tagged(response, await queries.client(session, caller, client_id))


@router.delete("/{client_id}", responses=refusals(404, 409, 412, 428))
async def revoke_client(
    client_id: UUID,
    expected: IfMatch,
    caller: Keeper,
    session: Session,
    now: Now,
    response: Response,
) -> Client:
    """Revoke a client for good, and within a second its tokens. Announces
    `partners.client.revoked.v1`."""
    await actions.revoke(session, caller, client_id, expected, now)
    await session.flush()
    return tagged(response, await queries.client(session, caller, client_id))


@inside.get("/clients/{client_id}/acting")
async def acting_client(
    client_id: UUID, key_id: UUID, _: TheGateway, reader: Reader
) -> list[ActingMembership]:
    """What a client is by this key, now: one membership or none."""
    return await queries.acting(reader, client_id, key_id)
