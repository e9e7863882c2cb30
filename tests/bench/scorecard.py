"""A scorecard of 20 indicators × 40 groups × 10 periods over 125 places: 1,000,000 observations.

`python -m tests.bench.bench_scorecard [places] [rounds]`. The promises: added up anew it takes at
most 1.5 × its bare SQL aggregate; from the rollup, over HTTP, under 50 ms. The observations come in
by the import itself, whose time stands beside a plain COPY of the same rows.
"""

import asyncio
import csv
import io
import random
import resource
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from services.outcomes.figures import queries as figures
from services.outcomes.reports.queries import report_anew
from services.outcomes.submissions.actions import load
from shared.contracts.outcomes.group import VALUES, Dimension
from tests.houses import House, open_house, settings_for
from tests.outcomes.builders import (
    ANALYST,
    BACKBONE,
    HEADER,
    define,
    form_partnership,
    make_scorecard,
)
from tests.servers import servers

INDICATORS, GROUPS, PERIODS, PLACES, ROUNDS = 20, 40, 10, 125, 7
AGGREGATE_PROMISE, ROLLUP_PROMISE_MILLISECONDS = 1.5, 50


def groups() -> list[tuple[str, str]]:
    parts = [(d, v) for d in Dimension if d is not Dimension.ALL for v in VALUES[d]]
    return [(Dimension.ALL, "all"), *parts[: GROUPS - 1]]


def rows(places: int) -> Iterator[list[Any]]:
    chance = random.Random(11)
    for indicator in range(INDICATORS):
        for place in range(places):
            for year in range(2015, 2015 + PERIODS):
                for dimension, group in groups():
                    whole = chance.randrange(400, 600) if group == "all" else chance.randrange(60)
                    part = round(whole * chance.uniform(0.3, 0.7))
                    yield [
                        f"bench_{indicator}", 1, "district", f"D{place}", f"{year}-{year + 1}",
                        dimension, group, part, whole, "", "", "2025-07-01", "State", "",
                    ]  # fmt: skip


def file_of(places: int) -> bytes:
    written = io.StringIO()
    written.write(HEADER + "\n")
    csv.writer(written).writerows(rows(places))
    return written.getvalue().encode()


class Lag:
    """How long the event loop was not there for others."""

    def __init__(self) -> None:
        self.worst = 0.0

    async def watch(self) -> None:
        while True:
            started = time.perf_counter()
            await asyncio.sleep(0.005)
            self.worst = max(self.worst, time.perf_counter() - started - 0.005)


async def import_all(house: House, file: bytes) -> dict[str, int]:
    seen: list[float] = []

    async def progress(done: float) -> None:
        seen.append(done)

    lag = Lag()
    watching = asyncio.create_task(lag.watch())
    started = time.perf_counter()
    async with house.database.transaction() as session:
        await session.execute(text("set local statement_timeout = 0"))
        await session.execute(text("set local idle_in_transaction_session_timeout = 0"))
        counts = await load(session, ANALYST, file, progress)
    taken = time.perf_counter() - started
    watching.cancel()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"import of {counts['rows']:,} rows ({len(file) / 2**20:.0f} MiB): {taken:.1f} s,"
        f" {len(seen)} steps of progress, event loop away {lag.worst * 1000:.0f} ms at worst,"
        f" process at {memory:.0f} MiB at most (the file's making included)"
    )
    return counts


async def copy_all(connection: asyncpg.Connection) -> None:
    """The yardstick: the same rows into a table with the same indexes, by COPY alone."""
    await connection.execute("create table copied (like observation including all)")
    wanted = await connection.fetch("select * from observation")
    started = time.perf_counter()
    await connection.copy_records_to_table("copied", records=wanted)
    print(
        f"  plain COPY of the same rows, with the same indexes: {time.perf_counter() - started:.1f} s"
    )
    await connection.execute("drop table copied")


async def timed(work: Callable[[], Awaitable[Any]], rounds: int) -> float:
    """Milliseconds, the median; the first is to warm up."""
    taken = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken[1:])


async def measure(house: House, url: str, places: int, rounds: int) -> None:
    file = file_of(places)
    made = [await define(house, key=f"bench_{n}") for n in range(INDICATORS)]
    await import_all(house, file)
    connection = await asyncpg.connect(url)
    await connection.execute("vacuum analyze observation")
    await copy_all(connection)
    covered = [{"kind": "district", "key": f"D{n}", "name": f"D{n}"} for n in range(places)]
    card = await make_scorecard(
        house, await form_partnership(house), [i["id"] for i in made], places=covered
    )
    sql = str(text(figures.FIGURES).compile(dialect=dialect()))
    wanted = [indicator["id"] for indicator in made]

    async def aggregate() -> None:
        await connection.fetch(sql, wanted, card["id"])

    async def anew() -> None:
        async with house.database.reading() as reader:
            found = await report_anew(reader, card["id"])
        found.model_dump_json()

    async def rollup() -> bytes:
        async with house.calling(BACKBONE) as http:  # A token lives for a minute only.
            read = await http.get(f"/v1/scorecards/{card['id']}/report")
        return read.raise_for_status().content

    size = len(await rollup())
    bare, plain, kept = [await timed(w, rounds) for w in (aggregate, anew, rollup)]
    await connection.close()
    cells = INDICATORS * GROUPS * PERIODS
    print(f"scorecard of {cells:,} figures, {size / 1024:.0f} KiB, median of {rounds}:")
    print(f"  bare SQL aggregate           {bare:8.1f} ms")
    ratio = plain / bare
    print(
        f"  added up anew, controlled    {plain:8.1f} ms = {ratio:.2f} × (at most {AGGREGATE_PROMISE})"
    )
    print(f"  from the rollup, over HTTP   {kept:8.1f} ms (under {ROLLUP_PROMISE_MILLISECONDS})")


async def main(places: int = PLACES, rounds: int = ROUNDS) -> None:
    with servers() as running:
        admin = running.database_url.format(database="postgres").replace("+asyncpg", "")
        connection = await asyncpg.connect(admin)
        await connection.execute("drop database if exists bench_scorecard with (force)")
        await connection.execute("create database bench_scorecard")
        await connection.close()
        url = running.database_url.format(database="bench_scorecard")
        house = await open_house("outcomes", settings_for(url, running.nats_url))
        try:
            await measure(house, url.replace("+asyncpg", ""), places, rounds)
        finally:
            await house.database.close()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
