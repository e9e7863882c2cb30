"""One thing wrong at a time, while people work: what a client sees, and how it becomes well."""

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.faults.disks import Disk, NoDisk, disk
from tests.faults.events import an_unknown_version, poison
from tests.faults.harness import Rig, end_postgres, kill_postgres, rig, start_again
from tests.faults.partner import a_partner
from tests.faults.probes import EVERY_SECONDS, Seen, ask_all, well_again
from tests.faults.settling import settled
from tests.faults.storm import a_storm_of_cancellations
from tests.faults.verdict import verdict
from tests.faults.world import World, a_world
from tests.faults.writing import writing
from tests.faults.zeros import found_bad

WRONG_SECONDS = 10.0
BROKER_AWAY_SECONDS = float(os.environ.get("BROKER_AWAY_SECONDS", "600"))
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
DISK_MEGABYTES = 700
GARBAGE = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"x": \xff\xfe}'
Outage = Callable[[Rig], Any]


@asynccontextmanager
async def down(rigged: Rig, name: str) -> AsyncIterator[None]:
    """Its process is gone and its port refuses connections."""
    await rigged.keep_away(name)
    yield
    await rigged.bring_back(name)


@asynccontextmanager
async def slow(rigged: Rig, name: str) -> AsyncIterator[None]:
    """It accepts connections and says nothing."""
    process = rigged.platform.of[name]
    process.send_signal(signal.SIGSTOP)
    yield
    process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def garbage(rigged: Rig, name: str) -> AsyncIterator[None]:
    """Something else answers in its place: neither JSON nor a problem document."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(GARBAGE)
        writer.close()

    await rigged.keep_away(name)
    server = await asyncio.start_server(answer, "127.0.0.1", rigged.platform.ports[name])
    yield
    server.close()
    await server.wait_closed()
    await rigged.bring_back(name)


@asynccontextmanager
async def postgres_killed(rigged: Rig) -> AsyncIterator[None]:
    await kill_postgres(rigged.postgres)
    yield
    await start_again(rigged.postgres)


@asynccontextmanager
async def clock_moved(rigged: Rig, name: str, by: str) -> AsyncIterator[None]:
    """The process is started again with another time than all the others."""
    usual = rigged.platform.more
    rigged.platform.more = usual | {
        "LD_PRELOAD": str(FAKETIME), "FAKETIME": by, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    await rigged.keep_away(name)
    await rigged.bring_back(name)
    rigged.platform.more = usual
    await rigged.platform.ready(name)
    yield
    await rigged.keep_away(name)
    await rigged.bring_back(name)


@asynccontextmanager
async def full(rigged: Rig, made: Disk) -> AsyncIterator[None]:
    """PostgreSQL's disk, and the broker's: nothing more goes onto it. A broker that has met a full
    disk stores nothing any more until it is started again, also when there is room."""
    ballast = await asyncio.to_thread(made.fill)
    yield
    ballast.unlink()
    await rigged.keep_away("broker")
    await rigged.bring_back("broker")


async def _watched(
    rigged: Rig,
    world: World,
    wrong: Any,
    seconds: float = WRONG_SECONDS,
    every: float = EVERY_SECONDS,
) -> dict[str, Any]:
    """What is asked while it is wrong, and when everything is well again after it."""
    seen, asked = Seen(), []
    began = time.monotonic()
    async with wrong:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            asked.append(asyncio.create_task(ask_all(world, seen)))
            await asyncio.sleep(every)
        lasted = time.monotonic() - began
    well = await well_again(rigged, world)
    await asyncio.gather(*asked)
    return {
        "wrong_for_seconds": round(lasted, 1), "seen": seen.told(),
        "seconds_until_well": round(well, 1),
        "seconds_until_settled": round(well + await settled(rigged), 1),
    }  # fmt: skip


OUTAGES: dict[str, tuple[Outage, float]] = {
    "outcomes down (connections refused)": (lambda r: down(r, "outcomes"), WRONG_SECONDS),
    "students down (connections refused)": (lambda r: down(r, "students"), WRONG_SECONDS),
    "resources 10 s slow (accepts, says nothing)": (lambda r: slow(r, "resources"), 10.0),
    "students 10 s slow (accepts, says nothing)": (lambda r: slow(r, "students"), 10.0),
    "outcomes answers garbage": (lambda r: garbage(r, "outcomes"), WRONG_SECONDS),
    "PostgreSQL killed, started again": (postgres_killed, 5.0),
}
CLOCKS = {
    "clock of students 20 s ahead": ("students", "+20s"),
    "clock of students an hour ahead": ("students", "+1h"),
    "clock of partners an hour behind": ("partners", "-1h"),
}


async def outages(root: Path, seed: int) -> dict[str, Any]:
    """All of them on one platform, one after the other, under load; at the end everything is
    judged as after the kills."""
    found: dict[str, Any] = {}
    async with rig(root, "outages") as rigged:
        world = await a_world(rigged.platform)
        async with writing(world, seed, writers=4, pause=0.3) as books:
            for name, (wrong, seconds) in OUTAGES.items():
                found[name] = await _watched(rigged, world, wrong(rigged), seconds)
            for name, (service, by) in CLOCKS.items():
                if FAKETIME.exists():
                    found[name] = await _watched(
                        rigged, world, clock_moved(rigged, service, by), 6.0
                    )
                else:
                    found[name] = {"skipped": "libfaketime (package libfaketime) is not here"}
            found["1,000 requests cancelled midway"] = await a_storm_of_cancellations(
                rigged, world, random.Random(seed)
            )
            found["an event that no reaction can read"] = await poison(rigged)
            found["an event of an unknown version"] = await an_unknown_version(rigged)
        await settled(rigged)
        figures = await verdict(rigged, books)
    found["the disk is full"] = await _disk_full(root, seed)
    return {"outages": found, "bad": found_bad(figures), **figures}


async def broker_away(root: Path, seed: int) -> dict[str, Any]:
    """On a platform of its own, because it takes its time; a partner listens."""
    async with rig(root, "away") as rigged:
        world = await a_world(rigged.platform)
        async with a_partner(rigged.platform, world) as rigged.partner:
            async with writing(world, seed, writers=2, pause=0.5, partner=rigged.partner) as books:
                told = await _watched(
                    rigged, world, down(rigged, "broker"), BROKER_AWAY_SECONDS, every=1.0
                )
            await settled(rigged)
            figures = await verdict(rigged, books)
    return told | {"bad": found_bad(figures), **figures}


async def _disk_full(root: Path, seed: int) -> dict[str, Any]:
    """A platform of its own, whose PostgreSQL and broker share a small disk."""
    folder = root / "full"
    folder.mkdir()
    try:
        with disk(folder, DISK_MEGABYTES) as made:
            own = made.mount / "platform"
            own.mkdir()
            async with rig(own, "full") as rigged:
                world = await a_world(rigged.platform)
                async with writing(world, seed, writers=4, pause=0.1) as books:
                    told = await _watched(rigged, world, full(rigged, made))
                await settled(rigged)
                figures = await verdict(rigged, books)
                told |= {"bad": found_bad(figures), "acknowledged": figures["acknowledged"]}
            end_postgres(own)
            return told
    except NoDisk as none:
        return {"skipped": str(none)}
