"""Restart, and more of a service, all while people write."""

import asyncio
import time
from collections import Counter
from typing import Any

import httpx

from deploy.roll import containers, docker
from shared.persistence.migrations import SERVICES
from tests.containers.asking import asking
from tests.containers.composed import Composed, addresses, compose, inspected, ready
from tests.faults.world import World
from tests.platform import PROCESSES

TOGETHER = (SERVICES, ("gateway",), ("broker",), ("postgres",))
MORE = {"students": 3, "outcomes": 2}
Figures = dict[str, Any]


async def restarted(composed: Composed, *, one_by_one: bool) -> dict[str, float]:
    """Seconds from the restart of each until all is ready again."""
    took = {}
    groups = [(name,) for group in TOGETHER for name in group] if one_by_one else TOGETHER
    for group in groups:
        began = time.monotonic()
        await asyncio.to_thread(compose, "restart", "-t", "60", *group)
        await ready("postgres", *PROCESSES)
        await asyncio.sleep(2)
        took[" and ".join(group)] = round(time.monotonic() - began, 1)
    composed.look()
    return took


async def scaled(composed: Composed, world: World, hold_seconds: float) -> Figures:
    """More of two services; then one that consumes is killed, with others to go on in its place."""
    scale = [part for name, n in MORE.items() for part in ("--scale", f"{name}={n}")]
    await asyncio.to_thread(compose, "up", "-d", "--no-deps", "--no-recreate", *scale, *MORE)
    await ready(*MORE)
    before = await _answered()
    async with asking(world) as tally:
        await asyncio.sleep(hold_seconds)
        after = await _answered()
        shares = {key: count - before[key] for key, count in after.items()}
        most = await composed.one("students", "show max_connections")
        used = _connections()
    victim = await _consumer(composed)
    async with asking(world) as during:
        docker("kill", "--signal", "KILL", victim)
        await asyncio.sleep(hold_seconds)
    docker("rm", "-f", victim)
    return {
        "answered_by_each": {s: sorted(n for (name, _), n in shares.items() if name == s)
                             for s in MORE},
        "asked_once": tally.told(), "one_killed_asked_once": during.told(),
        "connections": used, "most_connections": int(most),
    }  # fmt: skip


async def _answered() -> Counter[tuple[str, str]]:
    """Requests that each replica has answered, by its own account."""
    found: Counter[tuple[str, str]] = Counter()
    async with httpx.AsyncClient() as http:
        for service in MORE:
            for address in addresses(service):
                said = (await http.get(f"http://{address}:8000/metrics", timeout=10)).text
                found[service, address] = int(sum(
                    float(line.rpartition(" ")[2]) for line in said.splitlines()
                    if line.startswith("http_request_seconds_count")
                ))  # fmt: skip
    return found


def _connections() -> Figures:
    """Beside the pools: what only one process at a time does, and who waits for it."""
    # As the superuser, who alone sees what others' connections are for.
    asked = (
        "select usename, application_name, count(*) from pg_stat_activity"
        " where backend_type = 'client backend' and usename <> 'postgres' group by 1, 2"
    )
    said = compose("exec", "-T", "postgres", "psql", "-U", "postgres", "-Atc", asked)
    rows = [line.split("|") for line in said.splitlines()]
    beside = {s: sum(int(n) for user, name, n in rows if user == s and name != s)
              for s in SERVICES}  # fmt: skip
    return {"all": sum(int(n) for *_, n in rows),
            "beside_the_pools_of_one_process":
            {s: round(n / len(containers(s)), 1) for s, n in beside.items()}}  # fmt: skip


async def _consumer(composed: Composed) -> str:
    """The container of students that now consumes what partners announce."""
    found = await composed.rows(
        "students",
        "select client_addr::text as at from pg_stat_activity join pg_locks using (pid)"
        " where locktype = 'advisory' and granted"
        " and application_name = 'students students-from-partners'",
    )
    [at] = [row["at"].partition("/")[0] for row in found]
    return next(c for c in containers("students") if at in str(inspected(c)["NetworkSettings"]))
