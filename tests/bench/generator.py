"""An open-loop load generator, a process of its own: `python -m tests.bench.generator PLAN FOUND`.

Requests are sent at times fixed beforehand, whether or not the ones before are answered, and the
time to answer counts from when a request was due: where answers queue, it shows. PLAN and FOUND are
JSON files; `Plan` and `Found` say what is in them.
"""

import asyncio
import contextlib
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import uvloop

ANSWER_SECONDS = 30.0
NO_ANSWER = 0  # in the place of a status
NUMBER = "{number}"  # in a body: another one each time


@dataclass(frozen=True)
class Kind:
    """What is asked: one of `requests` (path, body) at random. `weight`: how often beside others.
    `write`: with an Idempotency-Key."""

    name: str
    method: str
    requests: list[tuple[str, Any]]
    headers: dict[str, str]
    weight: float = 1.0
    write: bool = False


@dataclass(frozen=True)
class Step:
    rate: float  # a second
    seconds: float


@dataclass(frozen=True)
class Plan:
    base: str
    kinds: list[Kind]
    steps: list[Step]
    seed: int = 7
    poisson: bool = True


@dataclass(frozen=True)
class Found:
    """`answers`: for each request, step, kind, status, the second it was due at, milliseconds from
    then until it was answered whole. `late_ms`: how late the generator itself sent each. `kept`: of
    each kind and status not 2xx, one answer's Retry-After and body."""

    answers: list[tuple[int, int, int, float, float]] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    kept: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    cpu_seconds: float = 0.0


def due(plan: Plan) -> Iterator[tuple[int, float]]:
    """(step, second) of each request."""
    chance, begun = random.Random(plan.seed), 0.0
    for number, step in enumerate(plan.steps):
        at, ends = begun, begun + step.seconds
        while True:
            at += chance.expovariate(step.rate) if plan.poisson else 1 / step.rate
            if at >= ends:
                break
            yield number, at
        begun = ends


async def generate(plan: Plan) -> Found:
    found = Found()
    chance = random.Random(plan.seed + 1)
    weights = [kind.weight for kind in plan.kinds]
    asked: set[asyncio.Task[None]] = set()
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
        skip_auto_headers=("User-Agent", "Accept-Encoding"),
    ) as http:
        started = time.perf_counter()
        for step, at in due(plan):
            number = chance.choices(range(len(plan.kinds)), weights)[0]
            path, body = chance.choice(plan.kinds[number].requests)
            key = str(UUID(int=chance.getrandbits(128), version=4))
            wait = at - (time.perf_counter() - started)
            if wait > 0:
                await asyncio.sleep(wait)
            found.late_ms.append(round((time.perf_counter() - started - at) * 1000, 2))
            task = asyncio.create_task(
                _ask(http, plan, found, number, path, body, key, step, at, started)
            )
            asked.add(task)
            task.add_done_callback(asked.discard)
        await asyncio.gather(*asked)
    return found


async def _ask(
    http: aiohttp.ClientSession, plan: Plan, found: Found, number: int, path: str, body: Any,
    key: str, step: int, at: float, started: float,
) -> None:  # fmt: skip
    kind = plan.kinds[number]
    headers = kind.headers | ({"Idempotency-Key": key} if kind.write else {})
    data = None
    if body is not None:
        data = json.dumps(body).replace(NUMBER, key).encode()
        headers = headers | {"Content-Type": "application/json"}
    status = NO_ANSWER
    with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
        async with http.request(kind.method, plan.base + path, data=data, headers=headers) as read:
            said = await read.read()
            status = read.status
            if status >= 300:
                found.kept.setdefault(
                    f"{kind.name} {status}",
                    (read.headers.get("Retry-After"), said[:400].decode(errors="replace")),
                )
    took = (time.perf_counter() - started - at) * 1000
    found.answers.append((step, number, status, round(at, 3), round(took, 2)))


def plan_of(told: dict[str, Any]) -> Plan:
    kinds = [Kind(**kind) for kind in told.pop("kinds")]
    steps = [Step(**step) for step in told.pop("steps")]
    return Plan(kinds=kinds, steps=steps, **told)


async def run(plan: Plan, folder: Path) -> Found:
    """In a process of its own, so that its CPU is nobody else's."""
    asking, telling = folder / "plan.json", folder / "found.json"
    asking.write_text(json.dumps(asdict(plan)))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.generator", str(asking), str(telling)
    )
    try:
        if await process.wait() != 0:
            raise ChildProcessError("the generator ended")
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    told = json.loads(telling.read_text())
    told["answers"] = [tuple(answer) for answer in told["answers"]]
    return Found(**told)


def main(asking: str, telling: str) -> None:
    plan = plan_of(json.loads(Path(asking).read_text()))
    found = uvloop.run(generate(plan))
    told = asdict(found) | {"cpu_seconds": time.process_time()}
    Path(telling).write_text(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
