"""What the gateway costs: its own CPU for a composed child view of five parts, throughput at 200
callers beside 32, latency one at a time beside the slowest part's own.

`python -m tests.bench.bench_gateway`: prints; asserts nothing but that every answer is good.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from shared.principal import Principal, PrincipalSigner, Role
from tests.journeys.test_grand_bend import a_district, package
from tests.platform import Platform, platform
from tests.servers import servers

REQUESTS = 2000
missing: Counter[str] = Counter()
DATA = Path(__file__).parents[3] / "shared" / "data" / "grand-bend"


async def load(http: aiohttp.ClientSession, addresses: list[str], at_once: int) -> list[float]:
    """Seconds of each of REQUESTS answers, `at_once` in flight."""
    took: list[float] = []

    async def one_after_another(mine: list[str]) -> None:
        for address in mine:
            begun = time.perf_counter()
            async with http.get(address) as answer:
                body = await answer.json()
                assert answer.status == 200, body
                missing.update(list(body.get("unavailable", {})))
            took.append(time.perf_counter() - begun)

    await asyncio.gather(*(one_after_another(addresses[n::at_once]) for n in range(at_once)))
    return took


def cpu(process: Any) -> float:
    times = psutil.Process(process.pid).cpu_times()
    return float(times.user + times.system)


async def measure(whole: Platform) -> None:
    district, admin = await a_district(whole)
    job = await whole.import_file(admin, "oneroster", package(DATA))
    assert job["state"] == "done", job
    await whole.settled()
    ids = [c["id"] for c in (await admin.get("/v1/students?limit=200")).json()["items"]]
    views = [f"{whole.gateway}/v1/views/students/{ids[n % 200]}" for n in range(REQUESTS)]
    headers = {"Authorization": admin.headers["Authorization"]}
    async with aiohttp.ClientSession(
        headers=headers, connector=aiohttp.TCPConnector(limit=0)
    ) as http:
        await load(http, views[:400], 16)
        for at_once in (1, 16, 32, 200):
            wanted = views if at_once > 1 else views[:300]
            before, begun = cpu(whole.of["gateway"]), time.perf_counter()
            took = await load(http, wanted, at_once)
            seconds, spent = time.perf_counter() - begun, cpu(whole.of["gateway"]) - before
            print(
                f"{at_once:4} at once: {len(wanted) / seconds:7.0f} views/s,"
                f" p50 {statistics.median(took) * 1000:6.1f} ms,"
                f" p99 {sorted(took)[int(len(took) * 0.99)] * 1000:6.1f} ms,"
                f" gateway CPU {spent / len(wanted) * 1e6:6.0f} µs a view,"
                f" parts missing {missing.total()}"
            )
            missing.clear()
    await slowest_part(whole, district, ids[:100])


async def slowest_part(whole: Platform, district: str, ids: list[str]) -> None:
    """students' own part, asked directly."""
    signer = PrincipalSigner(whole.keys["principal_private_key"])
    caller = Principal(
        account_id="00000000-0000-0000-0000-000000000009", role=Role.DISTRICT_ADMIN,
        partner_id=district,
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {signer.token(caller, 'students')}"}
    base = f"http://127.0.0.1:{whole.ports['students']}/internal/students"
    async with aiohttp.ClientSession(headers=headers) as http:
        took = await load(http, [f"{base}/{id}/picture" for id in ids] * 3, 1)
    print(f"slowest part alone, one at a time: p50 {statistics.median(took) * 1000:.1f} ms")


async def main() -> None:
    with servers() as running, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)
        async with platform(Path(folder), running.database_url, running.nats_url) as whole:
            await measure(whole)


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, one caller")
    asyncio.run(main())
