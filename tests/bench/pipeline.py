"""How fast events travel: the relay, reactions in batches, and from commit to reaction.

`python -m tests.bench.bench_pipeline` prints each figure beside what it is to be compared with,
measured in the same run on the same servers.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

import shared.inbox
from deploy.servers import SYNC_SINCE, free_port, nats_program, nats_version, start_nats
from shared.bus import connected
from shared.database import Database
from shared.inbox import Delivery, Inbox, Reaction
from shared.outbox import announce
from shared.relay import relay_for_ever
from shared.service import end
from shared.settings import Settings
from tests.houses import settings_for
from tests.servers import servers
from tests.shared.things import TABLES, EffectRow, ThingMade, ThingRow

EVENTS = 20_000
SLOW_EVENTS = 3_000
LATENCIES = 300
RELAY_LEAST = 10_000
REACTIONS_LEAST = 2_500
LATENCY_MOST_MS = 10.0
FILL = """
    insert into outbox (event_id, type, aggregate_id, aggregate_version, time, data)
    select gen_random_uuid(), 'partners.thing.made.v1', id, 1, now(),
           json_build_object('thing_id', id, 'size', n)::text
    from (select gen_random_uuid() id, n from generate_series(1, $1) n) t
"""


async def note(session: AsyncSession, events: Sequence[ThingMade]) -> None:
    """An effect a row, as a reaction that writes set-wise makes them."""
    session.add_all([EffectRow(thing_id=event.thing_id, size=event.size) for event in events])


REACTIONS = [Reaction(ThingMade, note)]


class Timed(Inbox):
    """Tells when each event's effect was committed."""

    def __init__(self, *known: Any) -> None:
        super().__init__(*known)
        self.done: dict[UUID, float] = {}

    async def handle(self, deliveries: list[Delivery]) -> set[UUID]:
        early = await super().handle(deliveries)
        now = time.perf_counter()
        self.done |= {delivery.aggregate_id: now for delivery in deliveries}
        return early


@contextmanager
def broker(folder: Path, *, durable: bool) -> Iterator[str]:
    port = free_port()
    process = start_nats(folder, port, durable=durable)
    try:
        yield f"nats://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def working(work: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await end(task)


@dataclass(frozen=True)
class Rate:
    """`a_second` by the clock; `per_cpu_second` of this process, whatever else the machine does."""

    a_second: float
    per_cpu_second: float


class Watch:
    def __init__(self) -> None:
        self._clock, self._cpu = time.perf_counter(), time.process_time()

    def rate(self, events: int) -> Rate:
        return Rate(
            events / (time.perf_counter() - self._clock),
            events / (time.process_time() - self._cpu),
        )


async def relay_rate(settings: Settings, database: Database, events: int) -> Rate:
    """From a full outbox to the last mark."""
    admin = await asyncpg.connect(database.url)
    await admin.execute("truncate outbox restart identity")
    await admin.execute(FILL, events)
    await admin.execute("vacuum analyze outbox")
    watch = Watch()
    async with working(relay_for_ever(settings, database)):
        while await admin.fetchval("select exists(select from outbox where published_at is null)"):
            await asyncio.sleep(0.02)
        rate = watch.rate(events)
    await admin.close()
    return rate


async def reaction_rate(settings: Settings, database: Database, batch: int, events: int) -> Rate:
    """Of events that wait in the stream already."""
    admin = await asyncpg.connect(database.url)
    await admin.execute("truncate effect, heard restart identity")
    bus = await connected(settings, "bench")
    await bus._stream.purge_stream("EVENTS")
    await relay_rate(settings, database, events)
    kept, shared.inbox.BATCH = shared.inbox.BATCH, batch
    watch = Watch()
    async with working(Inbox(database, "partners", REACTIONS).consume_for_ever(bus)):
        while await admin.fetchval("select count(*) from effect") < events:
            await asyncio.sleep(0.02)
        rate = watch.rate(events)
    shared.inbox.BATCH = kept
    await bus.close()
    await admin.close()
    return rate


async def latencies(settings: Settings, database: Database) -> list[float]:
    """Milliseconds from the commit of a change to the commit of its effect, one at a time."""
    bus = await connected(settings, "bench")
    inbox = Timed(database, "partners", REACTIONS)
    found = []
    async with (
        working(relay_for_ever(settings, database)),
        working(inbox.consume_for_ever(bus)),
    ):
        await asyncio.sleep(2)
        for n in range(LATENCIES):
            thing = ThingRow(name=str(uuid4()), size=n)
            async with database.transaction() as session:
                announce(session, thing, ThingMade(thing_id=thing.id, size=n))
            committed = time.perf_counter()
            while thing.id not in inbox.done:
                await asyncio.sleep(0.0005)
            found.append((inbox.done[thing.id] - committed) * 1000)
            await asyncio.sleep(0.01)
    await bus.close()
    return found


def show(name: str, value: float, unit: str, beside: str, *, good: bool) -> None:
    print(f"{'ok ' if good else 'NOT'}  {name:44} {value:10,.1f} {unit:12} {beside}")


def show_rate(name: str, rate: Rate, least: int, other: Rate | None = None) -> None:
    beside = f"{rate.per_cpu_second:,.0f} per CPU second"
    if least:
        beside += f"; at least {least:,}"
    if other is not None:
        beside += f"; {rate.a_second / other.a_second:.2f} of the one above"
    show(name, rate.a_second, "a second", beside, good=rate.a_second >= least)


async def measure(database_url: str) -> None:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        broker(Path(folder) / "default", durable=False) as default,
        broker(Path(folder) / "always", durable=True) as always,
    ):
        settings = settings_for(database_url, default)
        database = Database(settings, "partners")
        async with database.writers.begin() as connection:
            tables = [row.__table__ for row in TABLES]  # type: ignore[attr-defined]
            await connection.run_sync(SQLModel.metadata.create_all, tables=tables)
        await relay_rate(settings, database, 1000)
        fast = await relay_rate(settings, database, EVENTS)
        can_sync = nats_version(nats_program()) >= SYNC_SINCE
        synced = (
            await relay_rate(settings_for(database_url, always), database, SLOW_EVENTS)
            if can_sync
            else None
        )
        batched = await reaction_rate(settings, database, shared.inbox.BATCH, EVENTS)
        single = await reaction_rate(settings, database, 1, SLOW_EVENTS)
        show_rate("relay, default sync", fast, RELAY_LEAST)
        if synced is None:
            print("     relay, sync_interval: always: this nats-server cannot (2.10 can)")
        else:
            show_rate("relay, sync_interval: always", synced, 0, fast)
        show_rate("reactions, in batches", batched, REACTIONS_LEAST)
        show_rate("reactions, a transaction each", single, 0, batched)
        times = sorted(await latencies(settings, database))
        middle = statistics.median(times)
        show("commit to committed reaction, idle, p50", middle, "ms",
             f"under {LATENCY_MOST_MS:.0f}", good=middle < LATENCY_MOST_MS)  # fmt: skip
        show("commit to committed reaction, idle, p99", times[int(len(times) * 0.99)], "ms", "",
             good=True)  # fmt: skip
        await database.close()


async def main() -> None:
    with servers() as running:
        name = f"bench_pipeline_{os.getpid()}"
        admin = await asyncpg.connect(
            running.database_url.format(database="postgres").replace("+asyncpg", "")
        )
        await admin.execute(f'create database "{name}"')
        try:
            await measure(running.database_url.format(database=name))
        finally:
            await admin.execute(f'drop database "{name}" with (force)')
            await admin.close()


if __name__ == "__main__":
    asyncio.run(main())
