"""What must not take long: refusing a hostile token, taking in a library of ordinary size.

`python -m tests.bench.bench_limits` prints each figure beside what it may be.
"""

import asyncio
import os
import time
from contextlib import suppress
from uuid import uuid4

import asyncpg

from shared.tokens import TokenRefused
from tests.houses import open_house, settings_for
from tests.resources.library import as_json, described
from tests.resources.test_description_imports import load
from tests.servers import Servers, servers
from tests.shared.test_tokens import HOSTILE, VERIFIER

REFUSAL_MILLISECONDS_MOST = 50
LIBRARY = 2_000
LIBRARY_SECONDS_MOST = 10


def show(name: str, value: float, unit: str, most: float) -> None:
    good = "ok " if value <= most else "NOT"
    print(f"{good}  {name:40} {value:9,.1f} {unit:4} at most {most}")


def refusals() -> None:
    slowest = ("", 0.0)
    for name, make in HOSTILE.items():
        token, started = make(), time.perf_counter()
        with suppress(TokenRefused):
            VERIFIER.claims(token)
        slowest = max(slowest, (name, time.perf_counter() - started), key=lambda took: took[1])
    name, seconds = slowest
    show(f"slowest refusal ({name})", seconds * 1000, "ms", REFUSAL_MILLISECONDS_MOST)


async def library(running: Servers) -> None:
    name = f"bench_limits_{os.getpid()}_{uuid4().hex[:6]}"
    admin = await asyncpg.connect(
        running.database_url.format(database="postgres").replace("+asyncpg", "")
    )
    await admin.execute(f'create database "{name}"')
    house = await open_house(
        "resources",
        settings_for(running.database_url.format(database=name), running.nats_url),
    )
    try:
        file = as_json([described(n, description="words " * 50) for n in range(LIBRARY)])
        started = time.perf_counter()
        job = await load(house, file)
        assert job["counts"]["added"] == LIBRARY, job
        show(f"import of {LIBRARY:,} resources", time.perf_counter() - started, "s",
             LIBRARY_SECONDS_MOST)  # fmt: skip
    finally:
        await house.database.close()
        await admin.execute(f'drop database "{name}" with (force)')
        await admin.close()


async def main() -> None:
    refusals()
    with servers() as running:
        await library(running)


if __name__ == "__main__":
    asyncio.run(main())
