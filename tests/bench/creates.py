"""Creates, so many at once, until they are acknowledged, announced and heard, and the processor time of
each process meanwhile: `python -m tests.bench creates [seconds] [at once]`. A child entered by hand, a
program, and a learning resource."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import aiohttp
import httpx

from tests.bench.figures import Paper
from tests.bench.generator import NUMBER
from tests.bench.watch import Used, used
from tests.platform import Platform, own_servers
from tests.proof.shape import Figures

SECONDS, AT_ONCE, WARM_SECONDS, IDLE_SECONDS = 10.0, 64, 3.0, 5.0
OVERLOADED = 503


@asynccontextmanager
async def asking(of: httpx.AsyncClient) -> AsyncIterator[aiohttp.ClientSession]:
    """As this client is signed in."""
    async with aiohttp.ClientSession(
        str(of.base_url), connector=aiohttp.TCPConnector(limit=0),
        headers={"Authorization": of.headers["Authorization"]},
    ) as http:  # fmt: skip
        yield http


async def create(
    http: aiohttp.ClientSession, path: str, body: dict[str, str], seconds: float, at_once: int
) -> int:
    """How many were acknowledged. Each writer asks again as soon as it has its answer."""
    done, ends = 0, time.perf_counter() + seconds

    async def write() -> None:
        nonlocal done
        while time.perf_counter() < ends:
            key = str(uuid4())
            draft = {name: value.replace(NUMBER, key) for name, value in body.items()}
            async with http.post(path, json=draft, headers={"Idempotency-Key": key}) as answer:
                if answer.status not in {201, OVERLOADED}:
                    raise SystemExit(f"{path}: {answer.status} {await answer.text()}")
                await answer.read()
            done += answer.status == 201

    await asyncio.gather(*(write() for _ in range(at_once)))
    return done


async def let_in(made: Platform, at_once: int) -> None:
    """The gateway's door, as shipped, lets 48 of one service in."""
    made.more["REQUESTS_AT_ONCE"] = str(2 * at_once)
    made.kill("gateway")
    made.begin("gateway")
    await made.ready("gateway")


async def measured(made: Platform, seconds: float, at_once: int) -> Figures:
    backbone = await made.admit_backbone()
    district = await backbone.post("/v1/partners", json={"name": "Larkhaven", "kind": "district"})
    partner = await backbone.post(
        "/v1/partners", json={"name": "Zone", "kind": "community_organization"}
    )
    admin = await made.admit("district_admin", district.json()["id"])
    librarian = await made.admit("partner_admin", partner.json()["id"])
    writers: dict[str, tuple[httpx.AsyncClient, str, dict[str, str]]] = {
        "a child": (admin, "/v1/students", {"given_name": "Ann", "family_name": f"Bell {NUMBER}"}),
        "a program": (
            librarian, "/v1/programs",
            {"partner_id": partner.json()["id"], "name": f"Reading {NUMBER}", "description": "After school"},
        ),
        "a resource": (
            librarian, "/v1/resources",
            {"name": f"Fractions {NUMBER}", "url": f"https://example.org/{NUMBER}"},
        ),
    }  # fmt: skip
    await made.settled()
    with used(made) as idle:
        await asyncio.sleep(IDLE_SECONDS)
    figures: Figures = {
        "idle_cpu_ms_a_second": round(sum(idle.cpu.values()) / idle.seconds * 1000)
    }
    for name, (client, path, body) in writers.items():
        async with asking(client) as http:
            await create(http, path, body, WARM_SECONDS, at_once)
            await made.settled()
            begun = time.perf_counter()
            with used(made) as spent:
                count = await create(http, path, body, seconds, at_once)
                acknowledged = time.perf_counter() - begun
                await made.settled()
        figures[name] = told(count, acknowledged, time.perf_counter() - begun, spent, idle)
        print(f"  {name}: {figures[name]}", flush=True)
    return figures


def told(count: int, acknowledged: float, heard: float, spent: Used, idle: Used) -> Figures:
    """Without the processor time that each process takes anyway."""
    cpu = {
        process: seconds - idle.cpu[process] / idle.seconds * spent.seconds
        for process, seconds in spent.cpu.items()
    }
    return {
        "acknowledged_a_second": round(count / acknowledged),
        "heard_a_second": round(count / heard),
        "cpu_ms_of_each": round(sum(cpu.values()) / count * 1000, 2),
        "cpu_ms_of_each_by_process": {
            process: round(seconds / count * 1000, 3)
            for process, seconds in sorted(cpu.items(), key=lambda each: -each[1])
        },
    }  # fmt: skip


async def main(seconds: float = SECONDS, at_once: float = AT_ONCE) -> None:
    paper = Paper("creates", f"python -m tests.bench creates {seconds:g} {at_once:g}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with own_servers(Path(folder)) as made:
            await let_in(made, int(at_once))
            paper.tell({"at_once": int(at_once)} | await measured(made, seconds, int(at_once)))
