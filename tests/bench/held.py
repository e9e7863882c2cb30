"""What is held, and what happens when five times as much is asked: `python -m tests.bench held
[seconds]`.

Reads and writes as people make them, 9 : 1, on all cores of this machine, the generator among them
(its CPU is told apart). A ramp finds the highest rate whose p99 is under P99_MOST_MS with no error;
from there down, the first rate that is held for so long counts. Then five times that for a minute,
and the held rate again: how soon is everything well?
"""

import json
from typing import Any

from shared.persistence.migrations import SERVICES
from tests.bench.county import County, county
from tests.bench.figures import SEED, Paper, percentile
from tests.bench.generator import Found, Plan, Step, run
from tests.bench.watch import Used, used
from tests.platform import Platform

STUDENTS, SECONDS = 2_000, 60.0
P99_MOST_MS = 250.0
RAMP, RAMP_SECONDS = (20, 40, 60, 90, 130, 180, 240), 8.0
LESS, TRIES = 0.85, 4
TIMES, RUSH_SECONDS, AFTER_SECONDS = 5, 60.0, 20.0
LOOK_SECONDS = 1.0
SHED = {429, 503}
Answer = tuple[int, int, int, float, float]


def told(answers: list[Answer], seconds: float) -> dict[str, Any]:
    """Of those that were answered well: how fast; of the others: what."""
    good = [a[4] for a in answers if 200 <= a[2] < 300]
    statuses = {
        str(status): sum(a[2] == status for a in answers) for status in {a[2] for a in answers}
    }
    return {
        "asked": len(answers), "asked_a_second": round(len(answers) / seconds, 1),
        "answered_a_second": round(len(good) / seconds, 1), "statuses": statuses,
        "p50_ms": percentile(good, 50) if good else None,
        "p99_ms": percentile(good, 99) if good else None,
        "slowest_ms": max(good, default=None),
    }  # fmt: skip


def is_held(row: dict[str, Any]) -> bool:
    fine = all(200 <= int(status) < 300 for status in row["statuses"])
    return fine and row["p99_ms"] is not None and row["p99_ms"] < P99_MOST_MS


async def asked(made: County, *steps: Step) -> tuple[Found, Used]:
    plan = Plan(made.platform.gateway, made.kinds, list(steps), SEED)
    with used(made.platform) as spent:
        found = await run(plan, made.platform.folder)
    return found, spent


async def ramp(made: County) -> tuple[float, list[dict[str, Any]]]:
    """The last rate that is held for a moment, and what was seen on the way."""
    highest, rows = float(RAMP[0]), []
    for rate in RAMP:
        found, _ = await asked(made, Step(rate, RAMP_SECONDS))
        row = told(found.answers, RAMP_SECONDS)
        rows.append({"rate": rate, **row})
        print(f"  {rate} a second: p99 {row['p99_ms']} ms, {row['statuses']}", flush=True)
        if not is_held(row):
            break
        highest = float(rate)
    return highest, rows


async def hold(made: County, rate: float, seconds: float) -> dict[str, Any]:
    """At `rate`, or the next lower one that is held for so long."""
    failed = []
    for number in range(TRIES):
        found, spent = await asked(made, Step(rate, seconds))
        row = {
            "rate": round(rate, 1), "seconds": seconds, **told(found.answers, seconds),
            "generator_late_p99_ms": percentile(found.late_ms, 99),
            "cpu_seconds": {name: round(value, 1) for name, value in spent.cpu.items()},
            "generator_cpu_seconds": round(found.cpu_seconds, 1),
        }  # fmt: skip
        if is_held(row) or number == TRIES - 1:
            return row | {"held": is_held(row), "tried_before": failed}
        print(f"  {rate:.0f} a second is not held: p99 {row['p99_ms']} ms", flush=True)
        failed.append({key: row[key] for key in ("rate", "p99_ms", "statuses")})
        rate *= LESS
    raise AssertionError


async def rush(made: County, rate: float, seconds: float) -> dict[str, Any]:
    found, _ = await asked(made, Step(rate * TIMES, seconds), Step(rate, AFTER_SECONDS))
    during = [a for a in found.answers if a[0] == 0]
    after = [a for a in found.answers if a[0] == 1]
    not_shed = [a for a in during if not 200 <= a[2] < 300 and a[2] not in SHED]
    return {
        "rate": round(rate * TIMES, 1), "seconds": seconds, **told(during, seconds),
        "share_shed": round(sum(a[2] in SHED for a in during) / len(during), 3),
        "refused_ms_p99": percentile([a[4] for a in during if a[2] in SHED] or [0.0], 99),
        "neither_answered_nor_shed": len(not_shed),
        "retry_after": sorted({kept[0] or "none" for kept in found.kept.values()}),
        "generator_late_p99_ms": percentile(found.late_ms, 99),
        "seconds_until_well": until_well(after, seconds), "after": told(after, AFTER_SECONDS),
        "events_settled": await _settled(made.platform),
    }  # fmt: skip


def until_well(after: list[Answer], began: float) -> float | None:
    """Seconds until the first of which on all is answered well, and 99 of 100 within P99_MOST_MS,
    second by second; null where it never was."""
    seconds: dict[int, list[Answer]] = {}
    for answer in after:
        seconds.setdefault(int((answer[3] - began) / LOOK_SECONDS), []).append(answer)
    bad = [
        second for second, of in seconds.items()
        if any(not 200 <= a[2] < 300 for a in of)
        or percentile([a[4] for a in of], 99) >= P99_MOST_MS
    ]  # fmt: skip
    if not bad:
        return 0.0
    well = (max(bad) + 1) * LOOK_SECONDS
    return well if well < AFTER_SECONDS else None


async def _settled(whole: Platform) -> bool:
    """Every event announced in the rush has been heard in the end, and none was parked."""
    await whole.settled()
    parked = [await whole.rows(s, "select count(*) as n from dead_letter") for s in SERVICES]
    return not any(row["n"] for [row] in parked)


async def main(seconds: float = SECONDS, rushed: float = RUSH_SECONDS) -> None:
    paper = Paper("held", f"python -m tests.bench held {seconds:g} {rushed:g}")
    async with county(STUDENTS) as made:
        await asked(made, Step(10, 10))  # to warm up
        rate, rows = await ramp(made)
        held = await hold(made, rate, seconds)
        figures = {
            "students": STUDENTS, "p99_at_most_ms": P99_MOST_MS, "ramp": rows, "held": held,
            "rush": await rush(made, held["rate"], rushed),
        }  # fmt: skip
    short = () if seconds >= 600 else (f"ten minutes: it was held for {seconds:g} s",)
    paper.write(figures, short)
    print(json.dumps({key: figures[key] for key in ("held", "rush")}, indent=1))
