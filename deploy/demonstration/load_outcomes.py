"""Loads indicators, observations, a scorecard with targets per partnership, and one edition."""

import asyncio
import time
from collections.abc import Callable
from datetime import date

from deploy.demonstration.gateway import (
    HEARD_SECONDS,
    Caller,
    Json,
    together,
    when_heard,
)
from deploy.demonstration.indicators import CORE, INDICATORS, READING, Measured, body
from deploy.demonstration.observations import NEIGHBORHOODS, YEARS, ZONE, Neighborhood, file
from deploy.demonstration.partnerships import PARTNERSHIPS, SHARED_LIBRARY, Partnership
from deploy.demonstration.partnerships import ZONE as ZONE_PARTNERSHIP

Shown = Callable[[float], None]
COUNTED_PAUSE_SECONDS = 1.0
AHEAD_YEARS = 3
AHEAD = 12
"""What a target asks above the first level, in percent or points."""
MOST_PERCENT = 95
GROUPS = (("all", "all", 0), ("economic_disadvantage", "Economic Disadvantaged", -4))
"""Everybody has a target in each indicator, a group in those of the first rank."""
ROSTER = {"kind": "roster", "key": "all", "name": "All schools on the platform"}


async def load_indicators(caller: Caller, year: int, shown: Shown) -> dict[str, str]:
    """Their ids by key, once their observations are in."""
    known = {each["key"]: each["id"] for each in await caller.every("/v1/indicators")}
    for each in INDICATORS:
        if each.key not in known:
            made = await caller.post("/v1/indicators", body(each), f"indicator {each.key}")
            known[each.key] = made["id"]
    await caller.imported("observations", ("observations.csv", file(year)), shown)
    return known


async def load_scorecards(
    callers: dict[str, Caller], partnerships: dict[str, str], indicators: dict[str, str],
    year: int, shown: Shown,
) -> dict[str, str]:  # fmt: skip
    """Their ids by partnership, with their targets. `callers`: an analyst of each backbone."""
    any_one = next(iter(callers.values()))
    there = {each["partnership_id"]: each["id"] for each in await any_one.every("/v1/scorecards")}
    for number, each in enumerate(PARTNERSHIPS):
        id, caller = partnerships[each.name], callers[each.backbone]
        if id not in there:
            there[id] = await _scorecard(caller, id, each, indicators)
        await _targets(caller, there[id], shown_in(each), indicators, year)
        shown((number + 1) / len(PARTNERSHIPS))
    return {each.name: there[partnerships[each.name]] for each in PARTNERSHIPS}


def shown_in(of: Partnership) -> list[Measured]:
    """The library's partnership looks at what resources are for; the others at everything."""
    if of is SHARED_LIBRARY:
        return [i for i in INDICATORS if i.outcome == READING or "math" in i.key]
    return list(INDICATORS)


def places(of: Partnership) -> list[Neighborhood]:
    return [ZONE] if of is ZONE_PARTNERSHIP else list(NEIGHBORHOODS)


async def _scorecard(
    caller: Caller, partnership_id: str, of: Partnership, indicators: dict[str, str]
) -> str:
    wanted = {
        "partnership_id": partnership_id, "title": f"{of.name}: how our children fare",
        "places": [
            {"kind": "neighborhood", "key": each.key, "name": each.name} for each in places(of)
        ] + [ROSTER],
        "indicators": [indicators[each.key] for each in shown_in(of)],
    }  # fmt: skip
    made = await when_heard(
        lambda: caller.post("/v1/scorecards", wanted, f"scorecard {of.name}"),
        "partnership-unknown",
        "partnership-not-led",
    )
    return str(made["id"])


async def _targets(
    caller: Caller, scorecard_id: str, of: list[Measured], indicators: dict[str, str], year: int
) -> None:  # fmt: skip
    known = {
        (each["indicator_id"], each["group"])
        for each in await caller.every("/v1/targets", scorecard_id=scorecard_id)
    }
    wanted = [
        {"scorecard_id": scorecard_id, "indicator_id": indicators[each.key],
         "dimension": dimension, "group": group, **_aim(each, below, year)}
        for each in of
        for dimension, group, below in GROUPS
        if (indicators[each.key], group) not in known
        and (each.rank == CORE or group == "all")
    ]  # fmt: skip
    await together(
        (
            caller.post(
                "/v1/targets", each,
                f"target {scorecard_id} {each['indicator_id']} {each['group']}",
            )
            for each in wanted
        ),
        lambda _: None,
    )  # fmt: skip


def _aim(of: Measured, below: int, year: int) -> Json:
    value = of.level + (AHEAD + below if of.spread > 0 else -AHEAD / 2)
    if of.unit == "percent":
        value = min(value, MOST_PERCENT)
    first = year - YEARS
    return {
        "value": {"value": f"{value:.1f}", "unit": of.unit},
        "due_on": f"{date(year + AHEAD_YEARS, 6, 30)}",
        "baseline_period": f"{first - 1}-{first}",
    }  # fmt: skip


async def publish(
    caller: Caller, scorecard_id: str, partnership_id: str, students: int, year: int, shown: Shown
) -> str:
    """The first edition, once last year's attendance of so many students has been heard of."""
    there = await caller.every("/v1/editions", partnership_id=partnership_id)
    if there:
        return str(there[-1]["id"])
    until = time.monotonic() + HEARD_SECONDS
    last_year = f"{year - 2}-{year - 1}"
    while await _counted(caller, scorecard_id, last_year) < students and time.monotonic() < until:
        await asyncio.sleep(COUNTED_PAUSE_SECONDS)
        shown(0.5)
    path = f"/v1/scorecards/{scorecard_id}/editions"
    return str((await caller.post(path, {}, f"edition {scorecard_id} {year}"))["id"])


async def _counted(caller: Caller, scorecard_id: str, period: str) -> int:
    """How many students the chronic absence of this period counts."""
    report = await caller.get(f"/v1/scorecards/{scorecard_id}/report")
    absence = next(each for each in report["indicators"] if each["key"] == "chronic_absence")
    everybody = [each["cells"] for each in absence["groups"] if each["group"] == "all"]
    if not everybody or period not in absence["periods"]:
        return 0
    cell = everybody[0][absence["periods"].index(period)]
    return (cell and cell["denominator"]) or 0
