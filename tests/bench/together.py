"""What a child's view costs while many ask at once, in milliseconds of processor by process:
`python -m tests.bench together [seconds]`.

So many clients ask, each anew as soon as it is answered. A second gateway asks the same services for one
child after the other, in turn with the first: that of the folder BEFORE, or else this one's code as a
gateway of services that know no question for many."""

import asyncio
import itertools
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import aiohttp

from deploy.processes import logged
from deploy.servers import free_port
from shared.http.entrance import SAYS_WHO
from tests.bench.county import County, county, signed
from tests.bench.figures import Paper, percentile, spread
from tests.bench.watch import cpu_seconds, processes
from tests.platform import Platform

STUDENTS, ROUNDS, SECONDS, WARM_SECONDS = 200, 3, 4.0, 1.0
AT_ONCE = (1, 16, 64)
SECOND, TOGETHER, ONE_BY_ONE = "gateway-2", "asked together", "one by one"


async def one_by_one(whole: Platform) -> str:
    """The address of a second gateway; it ends with the platform."""
    port = free_port()
    folder = os.environ.get("BEFORE", str(whole.folder_of_code))
    module = "deploy.serve" if "BEFORE" in os.environ else "tests.bench.one_by_one"
    command = [sys.executable, "-P", "-m", module, "gateway", f"127.0.0.1:{port}"]
    environment = whole.environment("gateway") | {"PYTHONPATH": folder}
    whole.of[SECOND] = logged(command, environment, whole.folder / f"{SECOND}.log")()
    whole.ports[SECOND] = port
    await whole.ready(SECOND)
    return f"http://127.0.0.1:{port}"


async def _ask(
    http: aiohttp.ClientSession, base: str, paths: Iterator[str], until: float, took: list[float]
) -> int:
    size = 0
    while time.perf_counter() < until:
        began = time.perf_counter()
        async with http.get(base + next(paths)) as answer:
            body = await answer.read()
            if answer.status != 200 or b'"unavailable":{}' not in body:
                raise RuntimeError(f"{answer.status} {body[:300]!r}")
            assert answer.headers[SAYS_WHO] == "gateway"
        took.append(time.perf_counter() - began)
        size = len(body)
    return size


async def _questions(whole: Platform) -> float:
    """How many questions for many students has answered."""
    async with aiohttp.ClientSession() as http:
        address = f"http://127.0.0.1:{whole.ports['students']}/metrics"
        async with http.get(address) as answer:
            told = await answer.text()
    lines = (line for line in told.splitlines() if line.startswith("http_request_seconds_count"))
    return sum(float(line.split()[-1]) for line in lines if '"/internal/pictures"' in line)


async def load(made: County, base: str, at_once: int, seconds: float) -> dict[str, Any]:
    paths = itertools.cycle(f"/v1/views/students/{child}" for child in made.children)
    headers = signed(made.admin) | {"Accept-Encoding": "identity"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers=headers, connector=connector) as http:
        warm = time.perf_counter() + WARM_SECONDS
        await asyncio.gather(*(_ask(http, base, paths, warm, []) for _ in range(at_once)))
        known = processes(made.platform)
        earlier = {name: cpu_seconds(some) for name, some in known.items()}
        questions = await _questions(made.platform)
        took: list[float] = []
        began = time.perf_counter()
        sizes = await asyncio.gather(
            *(_ask(http, base, paths, began + seconds, took) for _ in range(at_once))
        )
        lasted = time.perf_counter() - began
        spent = {name: cpu_seconds(some) - earlier[name] for name, some in known.items()}
    questions = await _questions(made.platform) - questions
    each = {name: round(1000 * cpu / len(took), 3) for name, cpu in spent.items()}
    gateways = each.pop(SECOND), each.pop("gateway")
    each["gateway"] = max(gateways)
    return {
        "answers_a_second": round(len(took) / lasted), "in_all_ms": round(sum(each.values()), 2),
        "p50_ms": round(percentile(took, 50) * 1000, 1),
        "p99_ms": round(percentile(took, 99) * 1000, 1), "bytes": max(sizes),
        "asked_as_one": round(len(took) / questions, 1) if questions else 1, **each,
    }  # fmt: skip


async def main(seconds: float = SECONDS) -> None:
    paper = Paper("together", f"python -m tests.bench together {seconds:g}")
    async with county(STUDENTS, REQUESTS_AT_ONCE="400", LOG_LEVEL="INFO") as made:
        gateways = {TOGETHER: made.platform.gateway, ONE_BY_ONE: await one_by_one(made.platform)}
        found: dict[str, dict[str, list[Any]]] = {}
        for _ in range(ROUNDS):
            for at_once, (name, base) in itertools.product(AT_ONCE, gateways.items()):
                rows = found.setdefault(name, {}).setdefault(str(at_once), [])
                rows.append(await load(made, base, at_once, seconds))
    middle = {
        name: {
            at_once: {key: spread([row[key] for row in rows], 3) for key in rows[0]}
            for at_once, rows in of.items()
        }
        for name, of in found.items()
    }
    paper.tell({"students": STUDENTS, "rounds": ROUNDS, "of": middle})
