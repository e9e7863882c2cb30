"""Publishes what waits in the outbox, in order per aggregate, and heals the broker.

Each published row keeps the stream's sequence and the stream's incarnation. On every connect the
relay compares: what the stream no longer has (its disk was lost, or its unsynced tail, which by
now may hold other services' events) is published again. One relay per service is at work however many replicas there are: it holds an
advisory lock on a connection of its own, and loses it with the connection.
"""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any

import asyncpg

from shared.bus import Bus, NatsError, StreamState, connected
from shared.database import Database, is_away
from shared.outbox import envelope
from shared.settings import Settings
from shared.telemetry import HEALED, PUBLISHED, RELAY_PASS

log = logging.getLogger(__name__)

BATCH = 2000
POLL_SECONDS = 0.5
ACK_SECONDS = 10
HEAL_SECONDS = 600
LOOK_SECONDS = 5
RETRY_SECONDS = 0.5

WAITING = """
    select position, event_id, type, aggregate_id, aggregate_version, time, traceparent, data
    from outbox where published_at is null order by position limit $1
"""
MARK = """
    update outbox o set published_at = now(), stream_seq = u.seq, stream_incarnation = $3
    from unnest($1::bigint[], $2::bigint[]) as u(position, seq)
    where o.position = u.position
"""
OWN_FROM = """
    select stream_seq, event_id from outbox
    where stream_incarnation = $1 and stream_seq between $2 and $3 order by stream_seq limit 1
"""
OWN_LAST = """
    select stream_seq, event_id from outbox
    where stream_incarnation = $1 and stream_seq between $2 and $3
    order by stream_seq desc limit 1
"""
HEAL = """
    update outbox set published_at = null, stream_seq = null, stream_incarnation = null
    where published_at is not null
      and (stream_incarnation is distinct from $1 or stream_seq > $2)
      and time > now() - make_interval(days => $3)
"""


async def relay_for_ever(settings: Settings, database: Database) -> None:
    """Never returns; a lost broker or database is a pause, not an end."""
    while True:
        try:
            async with database.alone("relay") as connection:
                await _relay_over(settings, database, connection)
        except (NatsError, asyncpg.InternalClientError) as error:
            log.warning("relay stopped (%s); starting it again", type(error).__name__)
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("relay stopped (%s); starting it again", type(error).__name__)
        await asyncio.sleep(RETRY_SECONDS)


async def _relay_over(settings: Settings, database: Database, connection: Any) -> None:
    # No reconnecting inside: each new connection is a new look at the stream.
    bus = await connected(settings, f"{database.name} relay", reconnect=False)
    try:
        stream = await bus.state()
        await _heal(settings, database, connection, bus, stream)
        await _relay(database, connection, bus, stream.incarnation)
    finally:
        with suppress(OSError, NatsError):
            async with asyncio.timeout(RETRY_SECONDS):
                await bus.close()


async def _heal(
    settings: Settings, database: Database, connection: Any, bus: Bus, stream: StreamState
) -> None:
    kept = await _kept_until(connection, bus, stream)
    done = await connection.execute(
        HEAL, stream.incarnation, kept, settings.event_retention_days, timeout=HEAL_SECONDS
    )
    healed = int(done.rpartition(" ")[2])
    if healed:
        HEALED.labels(database.name).inc(healed)
        log.warning("the stream had lost %s events; publishing them again", healed)


async def _kept_until(connection: Any, bus: Bus, stream: StreamState) -> int:
    """Up to which number the stream still holds our events under the numbers we know. What a
    broker loses is an end; but all services write to the one stream, so that others' events may
    stand there since. Mostly the first look suffices; else the end is found by halving."""
    low, high = stream.first_seq - 1, stream.last_seq
    last = await connection.fetchrow(
        OWN_LAST, stream.incarnation, low + 1, high, timeout=HEAL_SECONDS
    )
    if last is None or await _holds(bus, last):
        return high
    high = int(last["stream_seq"]) - 1
    while low < high:
        middle = (low + high + 1) // 2
        own = await connection.fetchrow(
            OWN_FROM, stream.incarnation, middle, high, timeout=HEAL_SECONDS
        )
        if own is not None and await _holds(bus, own):
            low = int(own["stream_seq"])
        else:
            high = middle - 1
    return high


async def _holds(bus: Bus, own: Any) -> bool:
    return await bus.event_id(own["stream_seq"]) == str(own["event_id"])


async def _relay(database: Database, connection: Any, bus: Bus, incarnation: str) -> None:
    looked = time.monotonic()
    while bus.connected:
        if time.monotonic() - looked > LOOK_SECONDS:
            looked = time.monotonic()
            if (await bus.state()).incarnation != incarnation:
                raise NatsError("the stream is another one now")
        database.announced.clear()
        rows = await connection.fetch(WAITING, BATCH)
        published = await _publish(database.name, bus, rows) if rows else []
        if published:
            positions, sequences = zip(*published, strict=True)
            await connection.execute(MARK, positions, sequences, incarnation)
            PUBLISHED.labels(database.name).inc(len(published))
        RELAY_PASS.labels(database.name).set(time.time())
        if len(published) < len(rows):
            raise NatsError("not every event was acknowledged")
        if len(rows) < BATCH:
            await _wait(database)


async def _wait(database: Database) -> None:
    """Until something is announced in this process; other replicas' events wait for the poll."""
    with suppress(TimeoutError):
        async with asyncio.timeout(POLL_SECONDS):
            await database.announced.wait()


async def _publish(service: str, bus: Bus, rows: list[Any]) -> list[tuple[int, int]]:
    """(position, sequence) of the acknowledged. The next event of an aggregate goes out only
    after the one before is stored; different aggregates' are in flight together."""
    published: list[tuple[int, int]] = []
    lanes: dict[Any, list[Any]] = {}
    for row in rows:
        lanes.setdefault(row["aggregate_id"], []).append(row)
    for lane in lanes.values():
        lane.sort(key=lambda row: -row["aggregate_version"])
    while lanes:
        wave = [(aggregate, lane.pop()) for aggregate, lane in lanes.items()]
        acks = [
            await bus.publish(
                f"{row['type']}.{row['aggregate_id']}", str(row["event_id"]),
                envelope(row, service),
            )
            for _, row in wave
        ]  # fmt: skip
        await asyncio.wait(acks, timeout=ACK_SECONDS)
        for (aggregate, row), ack in zip(wave, acks, strict=True):
            if not ack.done():
                ack.cancel()
            if ack.cancelled() or ack.exception() is not None:
                lanes.pop(aggregate)
                continue
            published.append((row["position"], ack.result().seq))
            if not lanes[aggregate]:
                lanes.pop(aggregate)
    return published
