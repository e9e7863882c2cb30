"""Requests that are asked once each, as by a client that knows no better: every answer that is not
what was asked for counts as failed."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.world import World

WORKERS = 4
PAUSE_SECONDS = 0.1
SECONDS = 30.0
READS = (
    "/v1/students?limit=20", "/v1/views/caseload?limit=10", "/v1/programs?limit=20",
    "/v1/resources?limit=20", "/v1/indicators", "/v1/engagements?limit=20",
)  # fmt: skip


@dataclass
class Tally:
    """`gaps`: for how long at a stretch a worker got nothing but failures."""

    asked: int = 0
    writes: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    gap: float = 0.0

    def told(self) -> dict[str, Any]:
        return {"asked": self.asked, "of_them_writes": self.writes,
                "failed": sum(self.failed.values()), "failures": dict(self.failed),
                "longest_seconds": round(self.longest, 2),
                "longest_gap_seconds": round(self.gap, 2)}  # fmt: skip


@asynccontextmanager
async def asking(world: World) -> AsyncIterator[Tally]:
    tally, ended = Tally(), asyncio.Event()
    tasks = [asyncio.create_task(_ask_on(world, n, tally, ended)) for n in range(WORKERS)]
    try:
        yield tally
    finally:
        ended.set()
        await asyncio.gather(*tasks)


async def _ask_on(world: World, number: int, tally: Tally, ended: asyncio.Event) -> None:
    chance = random.Random(number)
    well = time.monotonic()
    while not ended.is_set():
        began = time.monotonic()
        failed = await _ask(world, chance, tally)
        tally.asked += 1
        tally.longest = max(tally.longest, time.monotonic() - began)
        if failed:
            tally.failed[failed] += 1
            tally.gap = max(tally.gap, time.monotonic() - well)
        else:
            well = time.monotonic()
        await asyncio.sleep(chance.uniform(0, 2 * PAUSE_SECONDS))


async def _ask(world: World, chance: random.Random, tally: Tally) -> str:
    """Why it failed, or nothing."""
    if chance.random() < 0.5:
        method, path, body = "GET", chance.choice(READS), None
    else:
        tally.writes += 1
        method, path, body = _a_write(world, chance)
    what = f"{method} {path.partition('?')[0].removeprefix('/v1/').partition('/')[0]}"
    try:
        answer = await world.admin.request(method, path, json=body, timeout=SECONDS)
    except httpx.HTTPError as error:
        return f"{what} {type(error).__name__}"
    found = answer.json()
    if answer.is_success and not found.get("unavailable"):
        return ""
    return f"{what} {answer.status_code} {found.get('code', found.get('unavailable'))}"


def _a_write(world: World, chance: random.Random) -> tuple[str, str, dict[str, object]]:
    """Without a key, so that nobody on the way may ask again."""
    name = f"{world.tag}asked-once-{uuid4()}"
    if chance.random() < 0.4:
        return "POST", "/v1/resources", {"name": name, "url": f"https://library.example/{name}"}
    if chance.random() < 0.5:
        return "POST", "/v1/programs", {"partner_id": world.district, "name": name}
    day = f"20{chance.randint(10, 15)}-0{chance.randint(1, 9)}-{chance.randint(10, 28)}"
    marks = [{"student_id": world.students[0], "category": "Present"}]
    return "PUT", f"/v1/schools/{world.school}/attendance/{day}", {"marks": marks}
