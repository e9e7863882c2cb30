"""Opening and closing a partner's stream, its keys, and its position."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.queries import partner_row
from services.partners.directory.partners.rules import ensure_active, ensure_keeps
from services.partners.identity.ended_keys.queries import stream_key_ended
from services.partners.identity.ended_keys.rules import ensure_never_ended
from services.partners.streams.provisioning import queries as provisioning
from services.partners.streams.streams import queries, rules
from services.partners.streams.streams.records import StreamKeyRow, StreamRow
from shared.contracts.partners.stream import (
    PositionDraft,
    StreamAccess,
    StreamChanged,
    StreamClosed,
    StreamKeyDraft,
    StreamOpened,
    StreamStatus,
)
from shared.core.settings import Settings
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.partner_streams.accounts import partner_user_token
from shared.partner_streams.keeper import keep_accounts_for_ever, until_told
from shared.partner_streams.offer import Offer
from shared.persistence.database import Database, answer_after
from shared.security.principal import Principal


async def open_stream(
    session: AsyncSession, caller: Principal, partner_id: UUID, draft: StreamKeyDraft,
    offer: Offer, now: datetime,
) -> StreamAccess:  # fmt: skip
    """Open the stream for the first time, or again after it was closed: then with another
    account."""
    partner = await partner_row(session, partner_id)
    ensure_keeps(caller, partner_id, partner.parent_id)
    ensure_active(partner.status)
    row = await queries.row_of(session, partner_id)
    if row is None:
        row = StreamRow(partner_id=partner_id, status=StreamStatus.CLOSED, generation=0)

    rules.ensure_closed(row.status)
    await _ensure_never_ended(session, draft)

    row.status = StreamStatus.OPEN
    row.generation += 1
    row.suspended_at = row.start_seq = row.start_incarnation = None

    announce(session, row, StreamOpened(stream_id=row.id, partner_id=partner_id))
    _answer_when_told(session, row)
    await session.flush()  # before the key, which refers to it
    return _with_new_key(session, row, [], draft, offer, now)


async def add_key(
    session: AsyncSession, caller: Principal, partner_id: UUID, draft: StreamKeyDraft,
    offer: Offer, now: datetime,
) -> StreamAccess:  # fmt: skip
    """The broker needs no message: the account trusts every key that its signing key has signed."""
    row = await queries.stream_row(session, caller, partner_id)
    keys = await queries.keys_of(session, row)

    rules.ensure_open(row.status)
    rules.ensure_new(keys, draft.user_public_key)
    await _ensure_never_ended(session, draft)
    rules.ensure_room(keys)

    return _with_new_key(session, row, keys, draft, offer, now)


async def renew(
    session: AsyncSession, caller: Principal, partner_id: UUID, draft: StreamKeyDraft,
    offer: Offer, now: datetime,
) -> StreamAccess:  # fmt: skip
    row = await queries.stream_row(session, caller, partner_id)
    keys = await queries.keys_of(session, row)

    rules.ensure_open(row.status)
    key = rules.live_key(keys, draft.user_public_key)

    key.issued_at, key.expires_at = now, now + timedelta(seconds=offer.seconds)
    return _access(row, keys, key, offer)


async def revoke_key(
    session: AsyncSession, caller: Principal, partner_id: UUID, public_key: str,
    expected: int, now: datetime,
) -> StreamRow:  # fmt: skip
    row = await queries.stream_row(session, caller, partner_id)
    ensure_version(row, expected)
    keys = await queries.keys_of(session, row)

    rules.ensure_not_closed(row.status)
    key = rules.live_key(keys, public_key)

    key.revoked_at = rules.cut_off(now, [key])

    _announce_change(session, row)
    return row


async def suspend(
    session: AsyncSession, caller: Principal, partner_id: UUID, expected: int, now: datetime
) -> StreamRow:
    row = await queries.overseen_row(session, caller, partner_id)
    ensure_version(row, expected)

    rules.ensure_open(row.status)

    row.status = StreamStatus.SUSPENDED
    row.suspended_at = rules.cut_off(now, await queries.keys_of(session, row))

    _announce_change(session, row)
    return row


async def resume(
    session: AsyncSession, caller: Principal, partner_id: UUID, expected: int
) -> StreamRow:
    row = await queries.overseen_row(session, caller, partner_id)
    ensure_version(row, expected)

    rules.ensure_suspended(row.status)

    row.status = StreamStatus.OPEN
    row.suspended_at = None

    _announce_change(session, row)
    return row


async def move(
    session: AsyncSession, caller: Principal, partner_id: UUID, wanted: PositionDraft
) -> StreamRow:
    """Set the position from which the partner's system reads on, after a snapshot."""
    row = await queries.stream_row(session, caller, partner_id)

    rules.ensure_open(row.status)

    row.position += 1
    row.start_seq, row.start_incarnation = wanted.stream_seq, wanted.stream_incarnation

    _announce_change(session, row)
    return row


async def close(
    session: AsyncSession, caller: Principal, partner_id: UUID, expected: int
) -> StreamRow:
    row = await queries.stream_row(session, caller, partner_id)
    ensure_version(row, expected)

    rules.ensure_not_closed(row.status)

    _close(session, row)
    return row


async def close_of(session: AsyncSession, partner_id: UUID) -> None:
    """Close the stream of a partner that closes, where it has one."""
    row = await queries.row_of(session, partner_id)
    if row is not None and row.status != StreamStatus.CLOSED:
        _close(session, row)


async def keep_accounts(database: Database, settings: Settings) -> None:
    """The worker that keeps the broker's accounts as recorded here. Never returns."""
    await keep_accounts_for_ever(database, settings, queries.written)


def _close(session: AsyncSession, row: StreamRow) -> None:
    row.status = StreamStatus.CLOSED

    announce(session, row, StreamClosed(stream_id=row.id, partner_id=row.partner_id))


def _announce_change(session: AsyncSession, row: StreamRow) -> None:
    status = StreamStatus(row.status)
    announce(
        session, row, StreamChanged(stream_id=row.id, partner_id=row.partner_id, status=status)
    )
    _answer_when_told(session, row)


def _answer_when_told(session: AsyncSession, row: StreamRow) -> None:
    """Send the answer once the broker has the change too."""
    answer_after(session, partial(until_told, partner_id=row.partner_id, version=row.version))


async def _ensure_never_ended(session: AsyncSession, draft: StreamKeyDraft) -> None:
    ended = await stream_key_ended(session, draft.user_public_key)
    ensure_never_ended(ended=ended, field="body.user_public_key")


def _with_new_key(
    session: AsyncSession, row: StreamRow, keys: Sequence[StreamKeyRow], draft: StreamKeyDraft,
    offer: Offer, now: datetime,
) -> StreamAccess:  # fmt: skip
    """`keys`: the keys that the stream already has."""
    key = StreamKeyRow(
        stream_id=row.id,
        generation=row.generation,
        user_public_key=draft.user_public_key,
        issued_at=now,
        expires_at=now + timedelta(seconds=offer.seconds),
    )
    session.add(key)
    return _access(row, [*keys, key], key, offer)


def _access(
    row: StreamRow, keys: Sequence[StreamKeyRow], key: StreamKeyRow, offer: Offer
) -> StreamAccess:
    token = partner_user_token(
        provisioning.account(row, keys), key.user_public_key, offer.keys.master,
        int(key.issued_at.timestamp()), int(key.expires_at.timestamp()),
    )  # fmt: skip
    return provisioning.access(provisioning.described(row, keys, offer), key, token)
