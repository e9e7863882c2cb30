"""The broker's disk loses its power, or is lost whole, again and again under load."""

import asyncio
import random
import time
from pathlib import Path
from typing import Any

from tests.faults.disks import Disk, NoDisk, disk
from tests.faults.harness import Rig, rig
from tests.faults.kills import PATIENCE_SECONDS, spread
from tests.faults.partner import a_partner
from tests.faults.settling import settled
from tests.faults.verdict import verdict
from tests.faults.world import a_world
from tests.faults.writing import writing
from tests.faults.zeros import found_bad

DISK_MEGABYTES = 256
LOST_EVERY = 5  # of the cuts the disk does not come back
STILL_SECONDS = 60


async def power_cuts(
    root: Path, seed: int, cuts: int, *, durable: bool, fault: str = ""
) -> dict[str, Any]:
    """`durable`: the broker writes through before it acknowledges, as shipped; else it syncs every
    two minutes, and a cut takes all that it acknowledged since."""
    chance = random.Random(seed)
    name = f"power-{'durable' if durable else 'default'}-{fault or 'shipped'}"
    folder = root / f"{name}-disk"
    folder.mkdir()
    try:
        with disk(folder, DISK_MEGABYTES) as made:
            store = made.mount / "store"
            async with rig(root, name, store=store, durable=durable, FAULT=fault,
                           ACK_WAIT="3") as rigged:  # fmt: skip
                return await _cut(rigged, made, seed, cuts, chance, fault)
    except NoDisk as none:
        return {"skipped": str(none)}


async def _cut(
    rigged: Rig, made: Disk, seed: int, cuts: int, chance: random.Random, fault: str
) -> dict[str, Any]:
    world = await a_world(rigged.platform)
    lost_whole = 0
    async with a_partner(rigged.platform, world) as rigged.partner:
        began = time.monotonic()
        async with writing(world, seed, pause=0.05, partner=rigged.partner) as books:
            books.patience_seconds = PATIENCE_SECONDS if fault else books.patience_seconds
            for number in range(1, cuts + 1):
                await asyncio.sleep(chance.uniform(1.0, 2.5))
                whole = not fault and number % LOST_EVERY == 0
                lost_whole += whole
                await _lose_power(rigged, made, whole=whole)
            await asyncio.sleep(2)
        lasted = time.monotonic() - began
        settling = await settled(rigged, 12 if fault else STILL_SECONDS)
        figures = await verdict(rigged, books)
    shows = "events_not_in_stream" if fault else ""
    return {
        "cuts": cuts, "disk_lost_whole": lost_whole, "under_load_seconds": round(lasted),
        "must_not_be_0": shows, "shown": figures[shows] if shows else None,
        "bad": found_bad(figures), "seconds_until_settled": round(settling, 1),
        "seconds_until_acknowledged": spread(books.waits), **figures,
    }  # fmt: skip


async def _lose_power(rigged: Rig, made: Disk, *, whole: bool) -> None:
    rigged.away.add("broker")
    await asyncio.to_thread(made.cut_power)
    await asyncio.to_thread(rigged.platform.kill, "broker")
    await asyncio.to_thread(made.unplug)
    await asyncio.to_thread(made.make if whole else made.plug_in)
    await rigged.bring_back("broker")
