"""Publishes the events that wait in an outbox, in order within each lane, and refills the broker
after a loss.

Each published row keeps the stream's sequence and incarnation. On every connect the relay compares
them with the stream, and publishes again the events that the stream no longer has. The broker may
have lost its disk, or its unsynced tail, whose numbers other services' events may have by now.

One relay works per service and outlet, however many replicas there are: it holds an advisory lock
on a connection of its own, and loses the lock with the connection.
"""

import asyncio
import logging
import time
from collections.abc import Collection
from contextlib import suppress
from functools import partial
from typing import Any

from shared.core.settings import Settings
from shared.core.tasks import woken
from shared.core.telemetry import PUBLISHED, RELAY_PASS
from shared.events.bus import GATHER_SECONDS, Bus, NatsError, StreamState, connected
from shared.events.healing import heal
from shared.events.outages import passes
from shared.events.outbox import TO_SERVICES
from shared.events.outlet import Outlet
from shared.persistence.alone import alone_for_ever
from shared.persistence.database import Database

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
ACK_SECONDS = 10
LOOK_SECONDS = 5
RETRY_SECONDS = 0.5
PURGES_AT_ONCE = 32


async def relay_for_ever(
    settings: Settings, database: Database, outlet: Outlet = TO_SERVICES
) -> None:
    """Never returns; a lost broker or database is a pause, not an end."""
    work = partial(_relay_over, settings, database, outlet)
    await alone_for_ever(database, outlet.work, work, RETRY_SECONDS, passes)


async def _relay_over(
    settings: Settings, database: Database, outlet: Outlet, connection: Any
) -> None:
    # The bus does not reconnect by itself: each new connection compares with the stream again.
    name = f"{database.name} {outlet.work}"
    bus = await connected(settings, name, outlet.stream, reconnect=False)
    try:
        stream = await bus.state()
        await heal(settings, database, outlet, connection, bus, stream)
        await _relay(settings, database, outlet, connection, bus, stream)
    finally:
        with suppress(OSError, NatsError):
            async with asyncio.timeout(RETRY_SECONDS):
                await bus.close()


async def _relay(
    settings: Settings, database: Database, outlet: Outlet, connection: Any, bus: Bus,
    stream: StreamState,
) -> None:  # fmt: skip
    looked, last = time.monotonic(), stream.last_seq
    announced = database.announced(outlet.work)
    while bus.connected:
        if time.monotonic() - looked > LOOK_SECONDS:
            looked = time.monotonic()
            if (await bus.state()).incarnation != stream.incarnation:
                raise NatsError("the stream is another one now")
        announced.clear()
        fetched = await connection.fetch(outlet.waiting, outlet.batch)
        rows = await _clear(outlet, connection, bus, fetched)
        lanes = _lanes(outlet, rows)
        now = sum(map(len, lanes.values()))
        published = (
            await _publish(database.name, settings.public_url, outlet, bus, lanes, last)
            if rows
            else []
        )
        if published:
            positions, sequences = zip(*published, strict=True)
            last = max(last, *sequences)
            there = set(positions)
            done = [row for row in rows if row["position"] in there]
            async with connection.transaction():
                await connection.execute(outlet.mark, positions, sequences, stream.incarnation)
                await _publish_again(outlet, connection, done)
            PUBLISHED.labels(database.name, outlet.table).inc(len(published))
            _log(outlet, done)
        RELAY_PASS.labels(database.name, outlet.table).set(time.time())
        if len(published) < now:
            raise NatsError("not every event was acknowledged")
        if now == len(rows) and len(fetched) < outlet.batch:
            if published:
                await asyncio.sleep(GATHER_SECONDS)
            # Other replicas' events wait for the poll.
            await woken(announced, POLL_SECONDS)


async def _clear(outlet: Outlet, connection: Any, bus: Bus, rows: list[Any]) -> list[Any]:
    """The rows to publish, after those that only purge have purged and are gone. Every message
    that this relay sent before is in the stream by now, or never will be, so the purge removes it.
    The rows that wait behind are published after it."""
    clearing = [row for row in rows if outlet.clears(row)]
    if not clearing:
        return rows
    await _purge(bus, {subject for row in clearing for subject in outlet.purges(row)})
    await connection.execute(outlet.forget, [row["position"] for row in clearing])
    return [row for row in rows if not outlet.clears(row)]


def _log(outlet: Outlet, published: list[Any]) -> None:
    for row in published:
        if said := outlet.says(row):
            log.info("published", extra=said)


async def _publish_again(outlet: Outlet, connection: Any, published: list[Any]) -> None:
    """Has other events of a purged subject published anew, including those that entered the stream
    a moment before."""
    purged = {subject for row in published for subject in outlet.purges(row)}
    if purged and outlet.again is not None:
        await connection.execute(outlet.again, sorted(purged))


def _lanes(outlet: Outlet, rows: list[Any]) -> dict[Any, list[Any]]:
    """The rows to publish now, each lane's next row last. A row that purges ends its lane: after a
    crash it is published again, and would then purge the rows that followed it."""
    lanes: dict[Any, list[Any]] = {}
    for row in rows:
        lanes.setdefault(outlet.lane(row), []).append(row)
    for key, lane in lanes.items():
        lane.sort(key=outlet.turn)
        purging = (n for n, row in enumerate(lane, 1) if outlet.purges(row))
        lanes[key] = lane[: next(purging, None)][::-1]
    return lanes


async def _publish(
    service: str, public_url: str, outlet: Outlet, bus: Bus, lanes: dict[Any, list[Any]], last: int
) -> list[tuple[int, int]]:
    """(position, sequence) of the acknowledged rows. A lane's next event is sent only after the
    one before is stored; events of different lanes are in flight together. `last`: the number of
    the stream's last message."""
    published: list[tuple[int, int]] = []
    while lanes:
        wave = [(key, lane.pop()) for key, lane in lanes.items()]
        await _purge(bus, {subject for _, row in wave for subject in outlet.purges(row)})
        acks = [
            await bus.publish(
                outlet.subject(row), str(row["event_id"]),
                outlet.envelope(row, service, public_url),
                last + before if outlet.alone else None,
            )
            for before, (_, row) in enumerate(wave)
        ]  # fmt: skip
        await asyncio.wait(acks, timeout=ACK_SECONDS)
        for (key, row), ack in zip(wave, acks, strict=True):
            if not ack.done():
                ack.cancel()
            if ack.cancelled() or ack.exception() is not None:
                lanes.pop(key)
                continue
            published.append((row["position"], ack.result().seq))
            last = max(last, ack.result().seq)
            if not lanes[key]:
                lanes.pop(key)
    return published


async def _purge(bus: Bus, subjects: Collection[str]) -> None:
    """Purges PURGES_AT_ONCE subjects at a time: the broker purges one after the other, and the
    timeout of each runs from its request."""
    at_once = asyncio.Semaphore(PURGES_AT_ONCE)

    async def purge(subject: str) -> None:
        async with at_once:
            await bus.purge(subject)

    await asyncio.gather(*map(purge, subjects))
