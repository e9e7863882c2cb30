"""Clients over HTTP."""

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
from shared.security.callers import ClientsReader, ClientsWriter, Composer

router = noun("clients")
inside = internal()


@router.get("")
async def list_clients(
    caller: ClientsReader,
    reader: Reader,
    paging: Paging,
    partner_id: OfPartner = None,
    status: OfStatus[ClientStatus] = None,
) -> Page[Client]:
    """The clients of the caller's own partner, for a district also those of its schools, or all for
    the operator."""
    return await queries.clients(reader, caller, partner_id, status, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def register_client(
    draft: ClientDraft, caller: ClientsWriter, session: Session, now: Now, response: Response
) -> Client:
    """Register a partner's system by its public keys. Its `id` is the `client_id` with which it
    asks for access tokens. Refused with `key-ended` where a key has ended before, of this system or
    of any other. Announces `partners.client.registered.v1`."""
    row = await actions.register(session, caller, draft, now)
    await session.flush()
    return tagged(response, await queries.one_client(session, caller, row.id))


@router.get("/{client_id}", responses=refusals(404))
async def read_client(
    client_id: UUID, caller: ClientsReader, reader: Reader, response: Response
) -> Client:
    """One client with all its keys, ended ones too."""
    return tagged(response, await queries.one_client(reader, caller, client_id))


@router.post("/{client_id}/keys", status_code=201, responses=refusals(404, 409, 412, 428))
async def add_client_key(
    client_id: UUID,
    jwk: PublicKey,
    expected: IfMatch,
    caller: ClientsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Client:
    """Add a key with which the client may sign. Refused with `key-ended` where it has ended before,
    of this system or of any other. Announces `partners.client.key-added.v1`."""
    await actions.add_key(session, caller, client_id, expected, jwk, now)
    await session.flush()
    return tagged(response, await queries.one_client(session, caller, client_id))


@router.delete("/{client_id}/keys/{key_id}", responses=refusals(404, 409, 412, 428))
async def end_client_key(
    client_id: UUID,
    key_id: UUID,
    expected: IfMatch,
    caller: ClientsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Client:
    """End a key. Access tokens obtained with it stop working within a second. If-Match takes the
    client's ETag. Announces `partners.client.key-ended.v1`."""
    await actions.end_key(session, caller, client_id, key_id, expected, now)
    await session.flush()
    return tagged(response, await queries.one_client(session, caller, client_id))


@router.delete("/{client_id}", responses=refusals(404, 409, 412, 428))
async def revoke_client(
    client_id: UUID,
    expected: IfMatch,
    caller: ClientsWriter,
    session: Session,
    now: Now,
    response: Response,
) -> Client:
    """Revoke a client for good. Its access tokens stop working within a second. Announces
    `partners.client.revoked.v1`."""
    await actions.revoke(session, caller, client_id, expected, now)
    await session.flush()
    return tagged(response, await queries.one_client(session, caller, client_id))


@inside.get("/clients/{client_id}/acting")
async def acting_client(
    client_id: UUID, key_id: UUID, _: Composer, reader: Reader
) -> list[ActingMembership]:
    """The client's membership by this key, now: one or none."""
    return await queries.acting(reader, client_id, key_id)
