"""Reading streams: the caller's own partner's, or all for the operator. A backbone oversees those of
the partners that answer to it: it sees, suspends and resumes them."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.backbones.queries import answering
from services.partners.directory.partners.rules import ensure_keeps
from services.partners.identity.memberships.queries import parent_id
from services.partners.streams.provisioning import queries as provisioning
from services.partners.streams.streams.records import StreamKeyRow, StreamRow, stream, stream_key
from shared.contracts.partners.stream import Stream, StreamLag, StreamStatus
from shared.core.settings import Settings
from shared.events.bus import NatsError
from shared.partner_streams.consumers import standing
from shared.partner_streams.keeper import Written
from shared.partner_streams.offer import Offer
from shared.persistence.database import Database
from shared.persistence.queries import unknown
from shared.security.principal import Principal


async def one_stream(
    session: AsyncSession, caller: Principal, partner_id: UUID, offer: Offer
) -> Stream:
    row = await _row(session, caller, partner_id, await answering(session, caller))
    return provisioning.described(row, await keys_of(session, row), offer)


async def lag(
    session: AsyncSession, caller: Principal, partner_id: UUID, settings: Settings
) -> StreamLag:
    await _row(session, caller, partner_id, await answering(session, caller))
    try:
        found = await standing(settings, partner_id)
    except (OSError, NatsError, TimeoutError):
        return StreamLag(partner_id=partner_id, unknown_because="broker-away")
    if found is None:
        return StreamLag(partner_id=partner_id, unknown_because="place-not-there")
    return StreamLag(partner_id=partner_id, **vars(found))


async def stream_row(session: AsyncSession, caller: Principal, partner_id: UUID) -> StreamRow:
    """For change: locked until the transaction ends."""
    return await _row(session, caller, partner_id, locked=True)


async def overseen_row(session: AsyncSession, caller: Principal, partner_id: UUID) -> StreamRow:
    """For suspending and resuming: locked until the transaction ends."""
    overseen = await answering(session, caller)
    return await _row(session, caller, partner_id, overseen, locked=True)


async def _row(
    session: AsyncSession,
    caller: Principal,
    partner_id: UUID,
    overseen: Collection[UUID] = (),
    *,
    locked: bool = False,
) -> StreamRow:
    ensure_keeps(caller, partner_id, await parent_id(session, partner_id), overseen)
    row = await row_of(session, partner_id, locked=locked)
    if row is None:
        raise unknown("stream")
    return row


async def row_of(
    session: AsyncSession, partner_id: UUID, *, locked: bool = True
) -> StreamRow | None:
    found = select(StreamRow).where(stream.partner_id == partner_id)
    if locked:
        found = found.with_for_update()
    return (await session.execute(found)).scalar_one_or_none()


async def keys_of(session: AsyncSession, row: StreamRow) -> Sequence[StreamKeyRow]:
    """The keys of the stream's present generation, the oldest first."""
    found = (
        select(StreamKeyRow)
        .where(
            stream_key.stream_id == row.id,
            stream_key.generation == row.generation,
        )
        .order_by(stream_key.id)
    )
    return (await session.execute(found)).scalars().all()


async def written(database: Database, told: Mapping[UUID, int]) -> Written:
    """Every stream that is not closed. Those whose version the broker does not have yet are
    complete."""
    open_ = stream.status != StreamStatus.CLOSED
    async with database.reading() as reader:
        found = await reader.execute(select(stream.partner_id, stream.version).where(open_))
        versions = {partner_id: version for partner_id, version in found}  # noqa: C416
    others = [partner_id for partner_id, version in versions.items()
              if told.get(partner_id) != version]  # fmt: skip
    if not others:
        return Written(versions, [])
    async with database.transaction() as session:
        rows = await session.execute(
            select(StreamRow, StreamKeyRow)
            .outerjoin(
                stream_key,
                (stream_key.stream_id == stream.id) & (stream_key.generation == stream.generation),
            )
            .where(open_, stream.partner_id == any_(literal(others, ARRAY(Uuid()))))
            .order_by(stream.id)
        )
        wanted = [
            provisioning.wanted(row, [key for _, key in pairs if key is not None])
            for row, pairs in groupby(rows.all(), key=lambda pair: pair[0])
        ]
    return Written(versions, wanted)
