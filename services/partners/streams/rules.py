"""What must hold for a partner's stream, and what a client is told of it."""

from collections.abc import Sequence
from datetime import datetime

from services.partners.streams.records import StreamKeyRow, StreamRow
from shared.account_keeper import Wanted
from shared.bus import PARTNERS
from shared.contracts.partners.stream import (
    Stream,
    StreamAccess,
    StreamCommands,
    StreamKey,
    StreamStatus,
)
from shared.credentials import Credentials
from shared.minting import Offer
from shared.nkeys import Kind, is_public
from shared.partner_accounts import API_PREFIX, PartnerStream
from shared.partner_consumers import Place
from shared.refusals import Conflict, Fault, Malformed, NotFound

KEYS_MOST = 10
SEED = "{seed}"


def ensure_user_key(key: str) -> None:
    if not is_public(key, Kind.USER):
        fault = Fault(
            field="body.user_public_key", code="user-key-unreadable",
            reason="The key's checksum is wrong.",
        )  # fmt: skip
        raise Malformed("user-key-unreadable", "This is no public key of a user.", [fault])


def ensure_open(status: str) -> None:
    if status == StreamStatus.CLOSED:
        raise Conflict("stream-closed", "The stream is closed.")
    if status == StreamStatus.SUSPENDED:
        raise Conflict("stream-suspended", "The stream is suspended.")


def ensure_closed(status: str) -> None:
    if status != StreamStatus.CLOSED:
        raise Conflict("stream-open-already", "The stream is there; add a key to it.")


def ensure_suspended(status: str) -> None:
    if status != StreamStatus.SUSPENDED:
        raise Conflict("stream-not-suspended", "The stream is not suspended.")


def ensure_not_closed(status: str) -> None:
    if status == StreamStatus.CLOSED:
        raise Conflict("stream-closed", "The stream is closed.")


def ensure_room(keys: Sequence[StreamKeyRow]) -> None:
    if sum(key.revoked_at is None for key in keys) >= KEYS_MOST:
        raise Conflict("stream-keys-full", f"A stream has {KEYS_MOST} keys at most; revoke one.")


def ensure_new(keys: Sequence[StreamKeyRow], public_key: str) -> None:
    if any(key.user_public_key == public_key for key in keys):
        raise Conflict("stream-key-known", "This key was added before; renew it, or make another.")


def live_key(keys: Sequence[StreamKeyRow], public_key: str) -> StreamKeyRow:
    for key in keys:
        if key.user_public_key == public_key and key.revoked_at is None:
            return key
    raise NotFound("stream-key-unknown", "There is no such key.")


def cut_off(now: datetime, keys: Sequence[StreamKeyRow]) -> datetime:
    """Until when tokens no longer count, so that none made by now does, by whichever clock."""
    return max(now, *(key.issued_at for key in keys))


def account(row: StreamRow, keys: Sequence[StreamKeyRow]) -> PartnerStream:
    suspended = None if row.suspended_at is None else int(row.suspended_at.timestamp())
    return PartnerStream(
        partner_id=row.partner_id,
        generation=row.generation,
        suspended_at=suspended,
        revoked={
            key.user_public_key: int(key.revoked_at.timestamp())
            for key in keys
            if key.revoked_at is not None
        },
    )


def wanted(row: StreamRow, keys: Sequence[StreamKeyRow]) -> Wanted:
    known = account(row, keys)
    place = Place(
        known.name, known.subjects, row.generation, row.position,
        None if row.start_seq is None else row.start_seq + 1, row.start_incarnation,
    )  # fmt: skip
    return Wanted(row.version, known, place)


def described(row: StreamRow, keys: Sequence[StreamKeyRow], offer: Offer) -> Stream:
    known = account(row, keys)
    return Stream(
        id=row.id,
        version=row.version,
        partner_id=row.partner_id,
        status=StreamStatus(row.status),
        server=offer.server,
        account=known.public_key(offer.keys.master),
        stream=PARTNERS.name,
        consumer=known.name,
        subject=known.subjects,
        api_prefix=API_PREFIX,
        retention_days=offer.retention_days,
        keys=[StreamKey.model_validate(key) for key in keys],
    )


def access(stream: Stream, key: StreamKeyRow, token: str) -> StreamAccess:
    nats = (
        f"nats --server {stream.server} --creds partner.creds"
        f" --js-api-prefix {stream.api_prefix}"
        f" consumer next {stream.stream} {stream.consumer} --count 10"
    )
    return StreamAccess(
        **stream.model_dump(),
        user_public_key=key.user_public_key,
        user_jwt=token,
        credentials=Credentials(token, SEED).text(),
        expires_at=key.expires_at,
        commands=StreamCommands(
            credentials=f'sed "s/{SEED}/$(cat SEED)/" answered.creds > partner.creds',
            nats=nats,
            python=f"python subscriber.py {stream.server} {stream.consumer} partner.creds",
        ),
    )
