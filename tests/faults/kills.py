"""kill -9 of everything, at random, under load; and the same on code that is broken on purpose, so
that it is seen that the harness sees."""

import asyncio
import random
import signal
import time
from pathlib import Path
from typing import Any

from tests.faults.client import Books
from tests.faults.harness import PROCESSES, Rig, rig
from tests.faults.partner import a_partner
from tests.faults.settling import settled
from tests.faults.verdict import verdict
from tests.faults.world import World, a_world
from tests.faults.writing import writing
from tests.faults.zeros import found_bad

VICTIMS = {
    "partners": 1, "students": 1, "students-2": 1, "resources": 1, "outcomes": 1, "gateway": 1,
    "broker": 2, "postgres": 2,
}  # fmt: skip
AT_ONCE = 6
NOT_READY_YET = 0.4  # of the bursts hit what is still starting
ACK_WAIT_SECONDS = 3  # instead of 30: what is delivered again comes sooner
FREEZE_SECONDS = 0.25
PATIENCE_SECONDS = 15  # of a client, where what it waits for may be lost

# What is broken, who is killed for it, how often, and which figure must not be 0.
BROKEN: dict[str, tuple[tuple[str, ...], int, str]] = {
    "": (("outcomes", "students", "broker", "gateway"), 16, ""),
    "no-inbox": (("outcomes", "broker", "broker", "broker"), 16, "doubled_effects"),
    "acknowledged-first": (("outcomes", "students"), 8, "lost_effects"),
    "marked-first": (("broker",), 16, "events_not_in_stream"),
    "core-publish": (("broker",), 20, "events_not_in_stream"),
    "no-idempotency": (("gateway",), 8, "doubled_writes"),
}


async def killed(root: Path, seed: int, kills: int) -> dict[str, Any]:
    """Everything as it is shipped, with two replicas of students, so that one takes over from the
    other what only one does at a time; a partner listens."""
    async with rig(root, "kills", processes=(*PROCESSES, "students-2")) as rigged:
        world = await a_world(rigged.platform)
        async with a_partner(rigged.platform, world) as rigged.partner:
            return await kill_at_random(rigged, world, seed, kills)


async def kill_at_random(rigged: Rig, world: World, seed: int, kills: int) -> dict[str, Any]:
    chance = random.Random(seed)
    took: list[float] = []
    began = time.monotonic()
    async with writing(world, seed, pause=0.1, partner=rigged.partner) as books:
        while sum(rigged.kills.values()) < kills:
            await _burst(rigged, chance, kills)
            if chance.random() > NOT_READY_YET:
                took.append(await _ready(rigged))
                await asyncio.sleep(chance.uniform(0.3, 1.3))
        await _ready(rigged)
        await asyncio.sleep(2)
    lasted = time.monotonic() - began
    return await _judged(rigged, books, lasted) | {
        "seconds_until_all_were_ready_again": spread(took),
    }  # fmt: skip


async def _burst(rigged: Rig, chance: random.Random, kills: int) -> None:
    left = kills - sum(rigged.kills.values())
    there = {v: n for v, n in VICTIMS.items() if v in {*rigged.processes, "postgres"}}
    victims: set[str] = set()
    while len(victims) < min(AT_ONCE, left):
        victims.update(chance.choices(list(there), list(there.values())))

    async def kill(victim: str, wait: float, rest: float) -> None:
        await asyncio.sleep(wait)
        if victim == "broker":
            await _freeze(rigged, "broker")
        await rigged.keep_away(victim)
        await asyncio.sleep(rest)
        await rigged.bring_back(victim)

    await asyncio.gather(
        *(kill(v, chance.uniform(0, 0.6), chance.choice((0, 0, 0.3))) for v in sorted(victims))
    )


async def _freeze(rigged: Rig, name: str) -> None:
    """It hangs for a moment before it dies: what is sent to it meanwhile is lost with it."""
    rigged.platform.of[name].send_signal(signal.SIGSTOP)
    await asyncio.sleep(FREEZE_SECONDS)


async def _ready(rigged: Rig) -> float:
    began = time.monotonic()
    await rigged.platform.ready(*(name for name in rigged.processes if name != "broker"))
    return time.monotonic() - began


def weakened(fault: str) -> dict[str, str]:
    """The environment of processes that are broken in this place."""
    return {"FAULT": fault, "ACK_WAIT": f"{ACK_WAIT_SECONDS}"}


async def broken(root: Path, seed: int, fault: str) -> dict[str, Any]:
    """The same, broken in one place; what suffers from it is killed."""
    async with rig(root, fault or "control", **weakened(fault)) as rigged:
        world = await a_world(rigged.platform)
        return await kill_what_suffers(rigged, world, seed, fault, BROKEN[fault][1])


async def kill_what_suffers(
    rigged: Rig, world: World, seed: int, fault: str, kills: int, still: float = 12
) -> dict[str, Any]:
    """`still`: as of `settled`; what is lost never comes."""
    victims, _, shows = BROKEN[fault]
    chance = random.Random(seed)
    began = time.monotonic()
    async with writing(world, seed, pause=0.05) as books:
        books.patience_seconds = PATIENCE_SECONDS
        for _ in range(kills):
            victim = chance.choice(victims)
            await asyncio.sleep(chance.uniform(0.2, 0.8))
            if victim == "broker":
                await _freeze(rigged, victim)
            await rigged.keep_away(victim)
            await rigged.bring_back(victim)
            if victim != "broker":
                await rigged.platform.ready(victim)
        await _ready(rigged)
    await asyncio.sleep(ACK_WAIT_SECONDS + 2)
    figures = await _judged(rigged, books, time.monotonic() - began, still)
    return {"must_not_be_0": shows, "shown": figures[shows] if shows else None, **figures}


async def _judged(rigged: Rig, books: Books, lasted: float, still: float = 60) -> dict[str, Any]:
    settling = await settled(rigged, still)
    figures = await verdict(rigged, books)
    return {
        "kills": sum(rigged.kills.values()), "killed": dict(rigged.kills),
        "ended_at_start_and_started_again": dict(rigged.ends), "under_load_seconds": round(lasted),
        "bad": found_bad(figures), "seconds_until_settled": round(settling, 1),
        "seconds_until_acknowledged": spread(books.waits), **figures,
    }  # fmt: skip


def spread(values: list[float]) -> dict[str, float]:
    """Half of them, 99 of 100, and the longest."""
    ordered = sorted(values)
    return {
        "p50": round(ordered[len(ordered) // 2], 2),
        "p99": round(ordered[int(len(ordered) * 0.99)], 2),
        "longest": round(ordered[-1], 2),
    } if ordered else {}  # fmt: skip
