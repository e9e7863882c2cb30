"""A stream as the broker must set it up, and as a client connects to it. The keys are derived from
the settings; nothing is read from the database."""

from collections.abc import Sequence

from services.partners.streams.streams.records import StreamKeyRow, StreamRow
from shared.contracts.partners.stream import (
    Stream,
    StreamAccess,
    StreamCommands,
    StreamKey,
    StreamStatus,
)
from shared.events.bus import PARTNERS
from shared.formats.nats_credentials import Credentials
from shared.partner_streams.accounts import API_PREFIX, PartnerStream
from shared.partner_streams.consumers import Place
from shared.partner_streams.keeper import Wanted
from shared.partner_streams.offer import Offer

SEED = "{seed}"
# By a program that reads the private key itself: an argument of a command is shown to everybody.
PUT_TOGETHER = (
    "umask 077; python -c 'import json;"
    ' print(json.load(open("answer.json"))["credentials"].replace("{seed}",'
    ' open("partner.seed").read().strip()), end="")'
    "' > partner.creds"
)


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
        f" consumer next {stream.stream} {stream.consumer} --no-ack"
    )
    return StreamAccess(
        **stream.model_dump(),
        user_public_key=key.user_public_key,
        user_jwt=token,
        credentials=Credentials(token, SEED).text(),
        expires_at=key.expires_at,
        commands=StreamCommands(
            credentials=PUT_TOGETHER,
            nats=nats,
            python=f"python subscriber.py PLATFORM CLIENT {stream.partner_id}",
        ),
    )
