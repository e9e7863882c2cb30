"""Finds the events of an outbox that the stream has lost, and has them published again."""

import logging
from typing import Any

from shared.core.settings import Settings
from shared.core.telemetry import HEALED
from shared.events.bus import Bus, StreamState
from shared.events.outlet import Outlet
from shared.persistence.database import Database

log = logging.getLogger(__name__)

HEAL_SECONDS = 600


async def heal(
    settings: Settings,
    database: Database,
    outlet: Outlet,
    connection: Any,
    bus: Bus,
    stream: StreamState,
) -> None:
    """Marks the rows that the stream has lost as not published, as far as the stream's retention
    reaches."""
    kept = await _kept_until(outlet, connection, bus, stream)
    days = outlet.stream.days(settings)
    done = await connection.execute(
        outlet.heal, stream.incarnation, kept, days, timeout=HEAL_SECONDS
    )
    healed = int(done.rpartition(" ")[2])
    if healed:
        HEALED.labels(database.name, outlet.table).inc(healed)
        log.warning("the stream had lost %s events; publishing them again", healed)


async def _kept_until(outlet: Outlet, connection: Any, bus: Bus, stream: StreamState) -> int:
    """The number up to which the stream still holds our events under the numbers that we know. A
    broker loses the end of a stream; but all services write to one stream, so others' events may
    stand there since. The first look usually suffices; otherwise the end is found by halving."""
    low, high = stream.first_seq - 1, stream.last_seq
    last = await connection.fetchrow(
        outlet.own_last, stream.incarnation, low + 1, high, timeout=HEAL_SECONDS
    )
    if last is None or await _holds(bus, last):
        return high
    high = int(last["stream_seq"]) - 1
    while low < high:
        middle = (low + high + 1) // 2
        own = await connection.fetchrow(
            outlet.own_from, stream.incarnation, middle, high, timeout=HEAL_SECONDS
        )
        if own is not None and await _holds(bus, own):
            low = int(own["stream_seq"])
        else:
            high = middle - 1
    return high


async def _holds(bus: Bus, own: Any) -> bool:
    return await bus.event_id(own["stream_seq"]) == str(own["event_id"])
