"""How fast events travel: the relay beside the bare broker, reactions in batches beside SQL alone and
beside a transaction for each event, and the time from commit to reaction:
`python -m tests.bench pipeline [rounds]`."""

import asyncio
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

import shared.events.inbox
from deploy.servers import free_port, start_nats
from shared.core.settings import Settings
from shared.core.tasks import end
from shared.events.bus import connected
from shared.events.inbox import Delivery, Inbox, Reaction
from shared.events.outbox import announce
from shared.events.relay import relay_for_ever
from shared.persistence.database import Database
from tests.bench.figures import Paper, percentile, spread
from tests.bench.places import databases
from tests.houses import settings_for
from tests.shared.things import TABLES, EffectRow, ThingMade, ThingRow

EVENTS, SLOW_EVENTS, LATENCIES, ROUNDS = 10_000, 2_000, 60, 5
BODY_BYTES = 450  # of an event as it travels
INSERT = "insert into effect (thing_id, size) values ($1, $2)"
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
    kept, shared.events.inbox.BATCH = shared.events.inbox.BATCH, batch
    watch = Watch()
    async with working(Inbox(database, "partners", REACTIONS).consume_for_ever(bus)):
        while await admin.fetchval("select count(*) from effect") < events:
            await asyncio.sleep(0.02)
        rate = watch.rate(events)
    shared.events.inbox.BATCH = kept
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


async def publish_rate(settings: Settings, events: int) -> Rate:
    """The yardstick: the broker alone, as many in flight, with nothing read or marked."""
    bus = await connected(settings, "bench")
    body = b"x" * BODY_BYTES
    watch = Watch()
    acknowledged = [
        await bus.publish(f"partners.bare.{n % 100}", str(uuid4()), body) for n in range(events)
    ]
    for each in acknowledged:
        await each
    rate = watch.rate(events)
    await bus.close()
    return rate


async def insert_rate(database: Database, events: int) -> Rate:
    """The yardstick of reactions: the same rows by SQL alone, in batches as large."""
    admin = await asyncpg.connect(database.url)
    await admin.execute("truncate effect restart identity")
    rows = [(uuid4(), n) for n in range(events)]
    watch = Watch()
    for first in range(0, events, shared.events.inbox.BATCH):
        async with admin.transaction():
            await admin.executemany(INSERT, rows[first : first + shared.events.inbox.BATCH])
    rate = watch.rate(events)
    await admin.close()
    return rate


async def measured(database_url: str, rounds: int) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        broker(Path(folder) / "default", durable=False) as default,
        broker(Path(folder) / "always", durable=True) as always,
    ):
        settings = settings_for(database_url, default)
        synced = settings_for(database_url, always)
        database = Database(settings, "partners")
        async with database.writers.begin() as connection:
            tables = [row.__table__ for row in TABLES]  # type: ignore[attr-defined]
            await connection.run_sync(SQLModel.metadata.create_all, tables=tables)
        await relay_rate(settings, database, 1000)
        rates: dict[str, list[Rate]] = {}
        batch = shared.events.inbox.BATCH
        for _ in range(rounds):
            for name, work in {
                "bare JetStream publish": lambda: publish_rate(settings, EVENTS),
                "relay": lambda: relay_rate(settings, database, EVENTS),
                "bare publish, broker syncs always": lambda: publish_rate(synced, SLOW_EVENTS),
                "relay, broker syncs always": lambda: relay_rate(synced, database, SLOW_EVENTS),
                "rows by SQL alone, in batches": lambda: insert_rate(database, EVENTS),
                "reactions, in batches": lambda: reaction_rate(settings, database, batch, EVENTS),
                "reactions, a transaction for each event":
                    lambda: reaction_rate(settings, database, 1, SLOW_EVENTS),
            }.items():  # fmt: skip
                rates.setdefault(name, []).append(await work())
        took = [await latencies(settings, database) for _ in range(rounds)]
        await database.close()
    return {
        "rounds": rounds,
        "events_a_second": {
            name: spread([r.a_second for r in of], 0) for name, of in rates.items()
        },
        "events_a_cpu_second_of_this_process": {
            name: spread([r.per_cpu_second for r in of], 0) for name, of in rates.items()
        },
        "commit_to_committed_reaction_idle_ms": {
            "p50": spread([percentile(of, 50) for of in took]),
            "p99": spread([percentile(of, 99) for of in took]),
        },
    }


async def main(rounds: float = ROUNDS) -> None:
    paper = Paper("pipeline", f"python -m tests.bench pipeline {rounds:g}")
    async with databases("pipeline") as (_, [url]):
        figures = await measured(url, int(rounds))
    paper.tell(figures)
