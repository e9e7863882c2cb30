"""A partner's stream over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response

from services.partners.streams.streams import actions, queries
from shared.contracts.partners.stream import (
    PositionDraft,
    Stream,
    StreamAccess,
    StreamKeyDraft,
    StreamLag,
)
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.route import noun
from shared.partner_streams.offer import Offered
from shared.persistence.database import Session
from shared.security.callers import StreamsReader, StreamsRenewer, StreamsSuspender, StreamsWriter

router = noun("streams", prefix="/v1/partners/{partner_id}/stream")
PublicKey = Annotated[str, Path(min_length=1, max_length=64, description="The user's public key.")]


@router.get("", responses=refusals(404))
async def read_stream(
    partner_id: UUID, caller: StreamsReader, session: Session, offer: Offered, response: Response
) -> Stream:
    """The settings with which a client connects to a partner's stream, and the keys that may
    connect."""
    return tagged(response, await queries.one_stream(session, caller, partner_id, offer))


@router.post("", status_code=201, responses=refusals(404, 409))
async def open_stream(
    partner_id: UUID,
    draft: StreamKeyDraft,
    caller: StreamsWriter,
    session: Session,
    offer: Offered,
    now: Now,
    response: Response,
) -> StreamAccess:
    """Open a partner's stream for the first key of its system. The broker admits the key as soon as
    the answer arrives, or within a second where the broker was away or busy. A closed stream opens
    with another account and another key: refused with `key-ended` where the key was revoked, or
    belongs to a stream or a client that has ended. Announces `partners.stream.opened.v1`."""
    access = await actions.open_stream(session, caller, partner_id, draft, offer, now)
    return tagged(response, access)


@router.delete("", responses=refusals(404, 409, 412, 428))
async def close_stream(
    partner_id: UUID,
    expected: IfMatch,
    caller: StreamsWriter,
    session: Session,
    offer: Offered,
    response: Response,
) -> Stream:
    """Close a stream. Its account leaves the broker; messages that were not fetched are gone.
    Announces `partners.stream.closed.v1`."""
    await actions.close(session, caller, partner_id, expected)
    return tagged(response, await queries.one_stream(session, caller, partner_id, offer))


@router.get("/lag", responses=refusals(404))
async def read_lag(
    partner_id: UUID, caller: StreamsReader, session: Session, request: Request
) -> StreamLag:
    """How far the partner's system has read, and the position of the stream, as the broker counts
    at this moment."""
    return await queries.lag(session, caller, partner_id, request.app.state.settings)


@router.post("/keys", status_code=201, responses=refusals(404, 409))
async def add_stream_key(
    partner_id: UUID,
    draft: StreamKeyDraft,
    caller: StreamsWriter,
    session: Session,
    offer: Offered,
    now: Now,
    response: Response,
) -> StreamAccess:
    """Admit one more key of the partner's system, such as during a rotation. Refused with
    `key-ended` where the key has ended, here or anywhere else."""
    access = await actions.add_key(session, caller, partner_id, draft, offer, now)
    return tagged(response, access)


@router.delete("/keys/{user_public_key}", responses=refusals(404, 409, 412, 428))
async def revoke_stream_key(
    partner_id: UUID,
    user_public_key: PublicKey,
    expected: IfMatch,
    caller: StreamsWriter,
    session: Session,
    offer: Offered,
    now: Now,
    response: Response,
) -> Stream:
    """Revoke a key for good. Clients connected with it are disconnected. Announces
    `partners.stream.changed.v1`."""
    await actions.revoke_key(session, caller, partner_id, user_public_key, expected, now)
    return tagged(response, await queries.one_stream(session, caller, partner_id, offer))


@router.post("/credentials", status_code=201, responses=refusals(404, 409))
async def renew_credentials(
    partner_id: UUID,
    draft: StreamKeyDraft,
    caller: StreamsRenewer,
    session: Session,
    offer: Offered,
    now: Now,
    response: Response,
) -> StreamAccess:
    """Issue new credentials for a key that may already connect, before the present ones expire. The
    partner's system may ask for them itself."""
    access = await actions.renew(session, caller, partner_id, draft, offer, now)
    return tagged(response, access)


@router.post("/position", status_code=201, responses=refusals(404, 409))
async def move_position(
    partner_id: UUID,
    wanted: PositionDraft,
    caller: StreamsRenewer,
    session: Session,
    offer: Offered,
    response: Response,
) -> Stream:
    """Move the stream's position: reading goes on after this message. A system does this when it
    has loaded a snapshot. Announces `partners.stream.changed.v1`."""
    await actions.move(session, caller, partner_id, wanted)
    return tagged(response, await queries.one_stream(session, caller, partner_id, offer))


@router.post("/suspension", status_code=201, responses=refusals(404, 409, 412, 428))
async def suspend_stream(
    partner_id: UUID,
    expected: IfMatch,
    caller: StreamsSuspender,
    session: Session,
    offer: Offered,
    now: Now,
    response: Response,
) -> Stream:
    """Suspend a partner's stream until it is resumed. Announces `partners.stream.changed.v1`."""
    await actions.suspend(session, caller, partner_id, expected, now)
    return tagged(response, await queries.one_stream(session, caller, partner_id, offer))


@router.delete("/suspension", responses=refusals(404, 409, 412, 428))
async def resume_stream(
    partner_id: UUID,
    expected: IfMatch,
    caller: StreamsSuspender,
    session: Session,
    offer: Offered,
    response: Response,
) -> Stream:
    """Resume a suspended stream; its credentials are valid again. Announces
    `partners.stream.changed.v1`."""
    await actions.resume(session, caller, partner_id, expected)
    return tagged(response, await queries.one_stream(session, caller, partner_id, offer))
