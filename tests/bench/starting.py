"""What a read costs against asyncpg by hand; how soon a service answers, and what it weighs.

`python -m tests.bench.bench_reads` prints CPU time of the serving process per request, 16 at a
time, with the same query on the same database in the same run.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
import psutil

from deploy.servers import free_port
from services.partners.partners.records import PartnerRow
from shared.contracts.partners.partner import Partner
from shared.migrations import SERVICES, upgrade
from shared.principal import Role
from tests.houses import GRANT_KEYS, PRINCIPAL_KEYS, SIGNER, principal
from tests.servers import servers

AT_ONCE = 16
REQUESTS = 4000
LIST_REQUESTS = 1000
PARTNERS = 200
RATIO_MOST = 2.5
START_SECONDS_MOST = 2.0
IDLE_MEBIBYTES_MOST = 150


@contextmanager
def serving(app: str, environment: dict[str, str]) -> Iterator[tuple[str, psutil.Process, float]]:
    """Its address, its process, and the seconds until it answered."""
    port = free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log",
         "--log-level", "warning"],
        env=os.environ | environment, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(port)
        yield address, psutil.Process(process.pid), time.perf_counter() - started
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    import socket

    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.01)


async def cpu_per_request(
    address: str, process: psutil.Process, paths: list[str], count: int
) -> float:
    """Microseconds of the serving process's CPU."""
    token = SIGNER.token(principal(Role.BACKBONE), "partners")
    waiting = iter(paths[n % len(paths)] for n in range(count))

    async def work(http: aiohttp.ClientSession) -> None:
        for path in waiting:
            async with http.get(address + path) as answer:
                await answer.read()
                assert answer.status == 200, await answer.text()

    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        before = sum(process.cpu_times()[:2])
        await asyncio.gather(*(work(http) for _ in range(AT_ONCE)))
        return (sum(process.cpu_times()[:2]) - before) / count * 1e6


def show(name: str, value: float, unit: str, beside: str, *, good: bool) -> None:
    print(f"{'ok ' if good else 'NOT'}  {name:34} {value:9,.1f} {unit:4} {beside}")


async def reads(environment: dict[str, str]) -> None:
    ids = await _fill(environment["DATABASE_URL"])
    one = [f"/v1/partners/{partner_id}" for partner_id in ids]
    kinds = {"by key": (one, REQUESTS), "a list of 50": (["/v1/partners"], LIST_REQUESTS)}
    found: dict[str, dict[str, float]] = {}
    for app in ("tests.bench.by_hand:app", "services.partners.app:app"):
        with serving(app, environment) as (address, process, _):
            for kind, (paths, count) in kinds.items():
                await cpu_per_request(address, process, paths, 500)
                cpu = await cpu_per_request(address, process, paths, count)
                found.setdefault(kind, {})[app.partition(".")[0]] = cpu
    for kind, cost in found.items():
        ratio = cost["services"] / cost["tests"]
        show(f"read {kind}", cost["services"], "µs",
             f"{ratio:.2f} × asyncpg by hand ({cost['tests']:,.0f} µs); at most {RATIO_MOST}",
             good=ratio <= RATIO_MOST)  # fmt: skip


async def _fill(url: str) -> list[Any]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    rows = await connection.fetch(
        "insert into partner (id, version, created_at, updated_at, name, kind, status, phones,"
        " contacts, identifiers, source) select gen_random_uuid(), 1, now(), now(),"
        " 'partner ' || n, 'library', 'active', '[]', '[]', '[]', '{}'"
        " from generate_series(1, $1) n returning id", PARTNERS,
    )  # fmt: skip
    await connection.close()
    return [row["id"] for row in rows]


def starts(service: str, environment: dict[str, str]) -> None:
    with serving(f"services.{service}.app:app", environment) as (_, process, seconds):
        time.sleep(2)
        weight = process.memory_info().rss / 2**20
        show(f"{service}: until it answers", seconds, "s", f"under {START_SECONDS_MOST:.0f}",
             good=seconds < START_SECONDS_MOST)  # fmt: skip
        show(f"{service}: idle memory", weight, "MiB", f"under {IDLE_MEBIBYTES_MOST}",
             good=weight < IDLE_MEBIBYTES_MOST)  # fmt: skip


async def main() -> None:
    with servers() as running:
        admin = await asyncpg.connect(
            running.database_url.format(database="postgres").replace("+asyncpg", "")
        )
        for service in sys.argv[1:] or SERVICES:
            name = f"bench_reads_{service}_{uuid4().hex[:8]}"
            await admin.execute(f'create database "{name}"')
            url = running.database_url.format(database=name)
            environment = {
                "ENVIRONMENT": "local", "DATABASE_URL": url, "NATS_URL": running.nats_url,
                "PRINCIPAL_PUBLIC_KEY": PRINCIPAL_KEYS[1], "GRANT_PRIVATE_KEY": GRANT_KEYS[0],
                "GRANT_PUBLIC_KEY": GRANT_KEYS[1], "CURSOR_KEY": "bench", "LOG_LEVEL": "WARNING",
                "BENCH_COLUMNS": ", ".join(f'"{name}"' for name in Partner.model_fields if hasattr(PartnerRow, name)),
                "PYTHONPATH": ".",
            }  # fmt: skip
            try:
                await upgrade(url, service)
                if service == "partners":
                    await reads(environment)
                starts(service, environment)
            finally:
                await admin.execute(f'drop database "{name}" with (force)')
        await admin.close()


if __name__ == "__main__":
    asyncio.run(main())
