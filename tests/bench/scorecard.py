"""A scorecard of 20 indicators × 40 groups × 10 periods over 125 places, 1,000,000 observations:
`python -m tests.bench scorecard [places] [rounds]`. Added up anew beside its bare SQL aggregate, from
the rollup over HTTP, and every row added up in Python. The observations come in by the import itself,
whose time stands beside a plain COPY of the same rows."""

import asyncio
import csv
import io
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from services.outcomes.observations.figures import queries as figures
from services.outcomes.observations.observation_import.actions import load
from services.outcomes.scorecards.reports.queries import report_anew
from shared.contracts.outcomes.group import VALUES, Dimension
from tests.bench.figures import Paper, spread
from tests.bench.places import a_place
from tests.houses import House
from tests.outcomes.builders import (
    ANALYST,
    BACKBONE,
    HEADER,
    define,
    form_partnership,
    make_scorecard,
)
from tests.proof.shape import Figures

INDICATORS, GROUPS, PERIODS, PLACES, ROUNDS = 20, 40, 10, 125, 5
EVERY_ROW = """
    select o.definition_id, o.period_id, o.group_id, o.numerator from observation o
    join indicator_definition d on d.id = o.definition_id
    where d.indicator_id = any($1::uuid[]) and o.superseded_at is null
"""


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


async def import_all(house: House, file: bytes) -> Figures:
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
    return {
        "observations": counts["rows"], "import_seconds": round(taken, 1),
        "event_loop_away_ms_at_worst": round(lag.worst * 1000),
    }  # fmt: skip


async def copy_all(connection: asyncpg.Connection) -> float:
    """The yardstick: the same rows into a table with the same indexes, by COPY alone; seconds."""
    await connection.execute("create table copied (like observation including all)")
    wanted = await connection.fetch("select * from observation")
    started = time.perf_counter()
    await connection.copy_records_to_table("copied", records=wanted)
    taken = time.perf_counter() - started
    await connection.execute("drop table copied")
    return round(taken, 1)


async def timed(work: Callable[[], Awaitable[Any]]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    await work()
    return (time.perf_counter() - started) * 1000


async def measured(house: House, url: str, places: int, rounds: int) -> Figures:
    file = file_of(places)
    made = [await define(house, key=f"bench_{n}") for n in range(INDICATORS)]
    figures_of_import = await import_all(house, file)
    connection = await asyncpg.connect(url)
    await connection.execute("vacuum analyze observation")
    copying = await copy_all(connection)
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

    async def in_python() -> None:
        """As it is usually built at first: every row fetched, added up here."""
        sums: dict[tuple[Any, ...], int] = {}
        async with connection.transaction():
            rows = connection.cursor(EVERY_ROW, wanted, prefetch=5_000)
            async for definition, period, group, part in rows:
                key = definition, period, group
                sums[key] = sums.get(key, 0) + part

    size = len(await rollup())
    kinds: dict[str, Callable[[], Awaitable[Any]]] = {
        "bare SQL aggregate": aggregate, "added up anew, controlled": anew,
        "from the rollup, over HTTP": rollup,
    }  # fmt: skip
    took: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(-1, rounds):
        for name, work in kinds.items():
            taken = await timed(work)
            if number >= 0:
                took[name].append(taken)
    once = await timed(in_python)
    await connection.close()
    return {
        "places": places, "figures": INDICATORS * GROUPS * PERIODS, "report_bytes": size,
        "rounds": rounds, **figures_of_import, "plain_copy_seconds": copying,
        "ms": {name: spread(of, 1) for name, of in took.items()},
        "rows_added_up_in_python_once_ms": round(once),
    }  # fmt: skip


async def main(places: float = PLACES, rounds: float = ROUNDS) -> None:
    paper = Paper("scorecard", f"python -m tests.bench scorecard {places:.0f} {rounds:g}")
    async with a_place("outcomes") as place:
        told = await measured(place.house, place.url, int(places), int(rounds))
    paper.tell(told)
