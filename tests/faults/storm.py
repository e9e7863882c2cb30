"""A thousand clients that go away in the middle of their request."""

import asyncio
import random
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.client import Books, ask
from tests.faults.harness import Rig
from tests.faults.world import World

REQUESTS = 1_000
AT_ONCE = 40
PATIENCE_SECONDS = (0.0005, 0.06)
REST_SECONDS = 3.0
OPEN = """
    select count(*) from pg_stat_activity
    where state like 'idle in transaction%' and now() - state_change > interval '1 second'
"""


async def a_storm_of_cancellations(
    rigged: Rig, world: World, chance: random.Random
) -> dict[str, Any]:
    """Each gives up after a moment; then what each wanted is asked for again, under its key."""
    keys = [str(uuid4()) for _ in range(REQUESTS)]
    given_up = answered = 0
    places = asyncio.Semaphore(AT_ONCE)

    async def impatient(key: str, patience: float) -> None:
        nonlocal given_up, answered
        async with places:
            try:
                async with asyncio.timeout(patience):
                    await _register(world.backbone, key)
            except (TimeoutError, httpx.HTTPError):
                given_up += 1
            else:
                answered += 1

    await asyncio.gather(*(impatient(key, chance.uniform(*PATIENCE_SECONDS)) for key in keys))
    await asyncio.sleep(REST_SECONDS)
    left_open = await rigged.one("partners", OPEN)
    before = await _rows(rigged)
    for key in keys:
        while (await _register(world.backbone, key)).status_code != 201:
            await asyncio.sleep(0.1)
    books = Books()
    assert await ask(world.backbone, books, "POST", "/v1/partners",
                     {"name": "after the storm", "kind": "funder"})  # fmt: skip
    rows = await _rows(rigged)
    return {
        "requests": REQUESTS, "given_up": given_up, "answered": answered,
        "done_all_the_same": sum(before.values()), "open_transactions": left_open,
        "lost_writes": sum(key not in rows for key in keys),
        "doubled_writes": sum(count - 1 for count in rows.values()),
        "open_transactions_at_the_end": await rigged.one("partners", OPEN),
    }  # fmt: skip


async def _register(http: httpx.AsyncClient, key: str) -> httpx.Response:
    return await http.post("/v1/partners", json={"name": f"storm {key}", "kind": "funder"},
                           headers={"Idempotency-Key": key})  # fmt: skip


async def _rows(rigged: Rig) -> dict[str, int]:
    rows = await rigged.rows("partners", "select substr(name, 7) as key, count(*)::int as n"
                                         " from partner where name like 'storm %' group by 1")  # fmt: skip
    return {row["key"]: row["n"] for row in rows}
