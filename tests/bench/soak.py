"""Does anything grow that should not? A steady mixed load for an hour, and what every process holds
meanwhile: `python -m tests.bench soak [seconds] [requests a second]`.

Slopes are of the second half: a process is warm then, and as much is pruned as is announced."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from shared.core.settings import Settings
from shared.events.bus import Bus, connected
from shared.persistence.migrations import SERVICES
from tests.bench.county import County, county
from tests.bench.figures import Paper, percentile, slope
from tests.bench.generator import Plan, Step, run
from tests.bench.watch import descriptors, mebibytes, processes

SECONDS, RATE, STUDENTS = 3_600, 5, 1_000
LOOK_SECONDS = 15.0
MINUTES_A_DAY = 10
Look = dict[str, Any]


async def look(county: County, broker: Bus, second: float) -> Look:
    """What is held at this moment."""
    whole = county.platform
    known = await asyncio.to_thread(processes, whole)
    stream = (await broker.ask("$JS.API.STREAM.INFO.EVENTS"))["state"]
    outboxes = 0
    sizes = 0
    for service in SERVICES:
        [row] = await whole.rows(
            service,
            "select count(*) as n, pg_total_relation_size('outbox') as size from outbox",
        )
        outboxes, sizes = outboxes + row["n"], sizes + row["size"]
    [connections] = await whole.rows(
        "students",
        "select count(*) as n from pg_stat_activity where backend_type = 'client backend'",
    )
    return {
        "second": round(second),
        "mebibytes": {name: round(mebibytes(some), 2) for name, some in known.items()},
        "descriptors": {n: descriptors(some) for n, some in known.items() if n != "postgres"},
        "connections": connections["n"],
        "stream_bytes": stream["bytes"], "stream_messages": stream["messages"],
        "outbox_rows": outboxes, "outbox_bytes": sizes,
    }  # fmt: skip


async def watched(county: County, broker: Bus, looks: list[Look], kept: Path) -> None:
    began = time.monotonic()
    while True:
        looks.append(await look(county, broker, time.monotonic() - began))
        kept.write_text(json.dumps(looks))
        await asyncio.sleep(LOOK_SECONDS)


async def soak(seconds: float = SECONDS, rate: float = RATE) -> dict[str, Any]:
    looks: list[Look] = []
    async with county(
        STUDENTS, STARTER="tests.bench.shortened", MINUTES_A_DAY=str(MINUTES_A_DAY),
        EVENT_RETENTION_DAYS="1",
    ) as made:  # fmt: skip
        whole = made.platform
        settings = Settings(
            nats_url=whole.nats_url, nats_credentials=whole.keys["partners_nats_credentials"]
        )
        broker = await connected(settings, "soak")
        plan = Plan(whole.gateway, made.kinds, [Step(rate, seconds)])
        watching = asyncio.create_task(watched(made, broker, looks, whole.folder / "looks.json"))
        try:
            found = await run(plan, whole.folder)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await broker.close()
        took = [answer[4] for answer in found.answers]
        failed = sorted({a[2] for a in found.answers if not 200 <= a[2] < 300})
        return {
            "lasted_seconds": seconds, "rate": rate, "answers": len(took),
            "answers_not_2xx": sum(not 200 <= a[2] < 300 for a in found.answers),
            "statuses_not_2xx": failed, "p50_ms": percentile(took, 50),
            "p99_ms": percentile(took, 99), "a_day_of_retention_minutes": MINUTES_A_DAY,
            **grown(looks), "looks": looks[:: max(1, len(looks) // 60)],
        }  # fmt: skip


def grown(looks: list[Look]) -> dict[str, Any]:
    """From the middle on: an hour's growth, and what it was at the middle and the end."""
    half = looks[len(looks) // 2 :]
    rows: dict[str, Any] = {}
    for key in ("mebibytes", "descriptors"):
        rows[key] = {
            name: line_of(
                [(look["second"], look[key][name]) for look in half if name in look[key]]
            )
            for name in half[0][key]
        }
    for key in ("connections", "stream_bytes", "stream_messages", "outbox_rows", "outbox_bytes"):
        rows[key] = line_of([(look["second"], look[key]) for look in half])
    rows["most_outbox_rows"] = max(look["outbox_rows"] for look in looks)
    return {"second_half": rows}


def line_of(points: list[tuple[float, float]]) -> dict[str, float]:
    return {
        "from": points[0][1], "to": points[-1][1], "an_hour": round(slope(points) * 3600, 2),
    }  # fmt: skip


async def main(seconds: float = SECONDS, rate: float = RATE) -> None:
    paper = Paper("soak", f"python -m tests.bench soak {seconds:g} {rate:g}")
    figures = await soak(seconds, rate)
    paper.write(figures, () if seconds >= SECONDS else ("an hour: this was shorter",))
    print(json.dumps({k: v for k, v in figures.items() if k != "looks"}, indent=1))
