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
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("streams", prefix="/v1/partners/{partner_id}/stream")
Looker = Annotated[Principal, may(Permission.STREAMS_READ)]
Renewer = Annotated[Principal, may(Permission.STREAMS_RENEW)]
Keeper = Annotated[Principal, may(Permission.STREAMS_WRITE)]
Guard = Annotated[Principal, may(Permission.STREAMS_SUSPEND)]
PublicKey = Annotated[str, Path(min_length=1, max_length=64, description="Of the key.")]


@router.get("", responses=refusals(404))
async def read_stream(
    partner_id: UUID, caller: Looker, session: Session, offer: Offered, response: Response
) -> Stream:
    """What a client must know to connect, and which keys may."""
    return tagged(response, await queries.stream(session, caller, partner_id, offer))


@router.post("", status_code=201, responses=refusals(404, 409))
async def open_stream(
    partner_id: UUID,
    draft: StreamKeyDraft,
    caller: Keeper,
    session: Session,
    offer: Offered,
    now: Now,
    response: Response,
) -> StreamAccess:
    """Open a partner's stream for the first key of its system; the broker lets it in from the
    answer on, or within a second where it was away or busy. Closed before, it opens with another
    account. Announces `partners.stream.opened.v1`."""
    access = await actions.open_stream(session, caller, partner_id, draft, offer, now)
    return tagged(response, access)


@router.delete("", responses=refusals(404, 409, 412, 428))
async def close_stream(
    partner_id: UUID,
    expected: IfMatch,
    caller: Keeper,
    session: Session,
    offer: Offered,
    response: Response,
) -> Stream:
    """Close a stream: its account leaves the broker, and with it what was not fetched. Announces
    `partners.stream.closed.v1`."""
    await actions.close(session, caller, partner_id, expected)
    return tagged(response, await queries.stream(session, caller, partner_id, offer))


@router.get("/lag", responses=refusals(404))
async def read_lag(
    partner_id: UUID, caller: Looker, session: Session, request: Request
) -> StreamLag:
    """How far the partner's system has read, and where the stream stands; asked of the broker
    at this moment."""
    return await queries.lag(session, caller, partner_id, request.app.state.settings)


@router.post("/keys", status_code=201, responses=refusals(404, 409))
async def add_key(
    partner_id: UUID,
    draft: StreamKeyDraft,
    caller: Keeper,
    session: Session,
    offer: Offered,
    now: Now,
    response: Response,
) -> StreamAccess:
    """Let one more key of the partner's system in, as when it is rotated."""
    access = await actions.add_key(session, caller, partner_id, draft, offer, now)
    return tagged(response, access)


@router.delete("/keys/{user_public_key}", responses=refusals(404, 409, 412, 428))
async def revoke_key(
    partner_id: UUID,
    user_public_key: PublicKey,
    expected: IfMatch,
    caller: Keeper,
    session: Session,
    offer: Offered,
    now: Now,
    response: Response,
) -> Stream:
    """Revoke a key for good: whoever is connected with it is cut off. Announces
    `partners.stream.changed.v1`."""
    await actions.revoke_key(session, caller, partner_id, user_public_key, expected, now)
    return tagged(response, await queries.stream(session, caller, partner_id, offer))


@router.post("/credentials", status_code=201, responses=refusals(404, 409))
async def renew_credentials(
    partner_id: UUID,
    draft: StreamKeyDraft,
    caller: Renewer,
    session: Session,
    offer: Offered,
    now: Now,
    response: Response,
) -> StreamAccess:
    """New credentials for a key that may connect already, before those it has expire. The
    partner's system may ask for them itself."""
    access = await actions.renew(session, caller, partner_id, draft, offer, now)
    return tagged(response, access)


@router.post("/position", status_code=201, responses=refusals(404, 409))
async def move_position(
    partner_id: UUID,
    wanted: PositionDraft,
    caller: Renewer,
    session: Session,
    offer: Offered,
    response: Response,
) -> Stream:
    """Read on after this message: what a system does that has just loaded a snapshot. Announces
    `partners.stream.changed.v1`."""
    await actions.move(session, caller, partner_id, wanted)
    return tagged(response, await queries.stream(session, caller, partner_id, offer))


@router.post("/suspension", status_code=201, responses=refusals(404, 409, 412, 428))
async def suspend_stream(
    partner_id: UUID,
    expected: IfMatch,
    caller: Guard,
    session: Session,
    offer: Offered,
    now: Now,
    response: Response,
) -> Stream:
    """Cut a partner off until further notice. Announces `partners.stream.changed.v1`."""
    await actions.suspend(session, caller, partner_id, expected, now)
    return tagged(response, await queries.stream(session, caller, partner_id, offer))


@router.delete("/suspension", responses=refusals(404, 409, 412, 428))
async def resume_stream(
    partner_id: UUID,
    expected: IfMatch,
    caller: Guard,
    session: Session,
    offer: Offered,
    response: Response,
) -> Stream:
    """Let a suspended partner in again, with the credentials it has. Announces
    `partners.stream.changed.v1`."""
    await actions.resume(session, caller, partner_id, expected)
    return tagged(response, await queries.stream(session, caller, partner_id, offer))
