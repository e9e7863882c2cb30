"""A OneRoster import against plain COPY of the same rows into the same tables.

`python -m tests.bench.bench_oneroster_import [students]` prints both times, their ratio, the peak
memory of the importing process, and what other requests waited meanwhile.
"""

import asyncio
import io
import resource
import sys
import time
from uuid import uuid4

import asyncpg

from shared.imports import carry_out_next
from shared.migrations import tables_of, upgrade
from shared.principal import Principal, Role
from tests.bench.oneroster_generator import package
from tests.houses import House, open_house, principal, settings_for
from tests.servers import servers

TABLES = [
    "org",
    "academic_session",
    "course",
    "class",
    "person",
    "person_role",
    "student",
    "student_identifier",
    "demographic",
    "student_contact",
    "enrollment",
    "outbox",
]
MOST_RATIO = 3.0
MOST_MEBIBYTES = 512
ASK_SECONDS = 0.05


async def main(students: int) -> None:
    content = package(students)
    with servers() as running:
        ours, plain = (f"bench_{name}_{uuid4().hex[:8]}" for name in ("import", "copy"))
        for name in (ours, plain):
            await _admin(running.database_url, f'create database "{name}"')
        url = running.database_url.format(database=ours)
        seconds, waits, again = await _import(url, running.nats_url, content)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        copying, rows = await _copy(url, running.database_url.format(database=plain))
        _print(students, rows, seconds, again, copying, peak, waits)


async def _import(url: str, nats: str, content: bytes) -> tuple[float, list[float], float]:
    house = await open_house("students", settings_for(url, nats))
    admin = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
    kinds = {kind.name: kind for kind in house.imports}
    times: list[float] = []
    waits: list[float] = []
    for _ in range(2):
        async with house.calling(admin) as http:
            queued = await http.post("/v1/imports/oneroster", files={"file": ("r.zip", content)})
        begin = time.perf_counter()
        asking = asyncio.create_task(_ask(house, admin, queued.headers["Location"], waits))
        await carry_out_next(house.database, kinds)
        times.append(time.perf_counter() - begin)
        asking.cancel()
    [refused] = await house.rows("select count(*) as n from import_job where state <> 'done'")
    if refused["n"]:
        raise SystemExit("the import was refused")
    await house.database.close()
    return times[0], waits, times[1]


async def _ask(house: House, caller: Principal, address: str, waits: list[float]) -> None:
    """What somebody else waits for an answer while the import runs."""
    while True:
        async with house.calling(caller) as http:
            begin = time.perf_counter()
            await http.get(address)
            waits.append(time.perf_counter() - begin)
        await asyncio.sleep(ASK_SECONDS)


async def _copy(full: str, empty: str) -> tuple[float, int]:
    """The very rows, taken out and put into the same empty tables by one COPY per table."""
    await upgrade(empty, "students")
    source, target = [await asyncpg.connect(u.replace("+asyncpg", "")) for u in (full, empty)]
    ordered = [table.name for table in tables_of("students").sorted_tables if table.name in TABLES]
    seconds, rows = 0.0, 0
    async with target.transaction():
        for table in ordered:
            data = io.BytesIO()
            await source.copy_from_table(table, output=data)
            data.seek(0)
            begin = time.perf_counter()
            copied = await target.copy_to_table(table, source=data)
            seconds += time.perf_counter() - begin
            rows += int(copied.split()[1])
        begin = time.perf_counter()
    seconds += time.perf_counter() - begin
    await source.close()
    await target.close()
    return seconds, rows


async def _admin(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url.format(database="postgres").replace("+asyncpg", ""))
    await connection.execute(sql)
    await connection.close()


def _print(
    students: int, rows: int, seconds: float, again: float, copying: float, peak: float,
    waits: list[float],
) -> None:  # fmt: skip
    waits.sort()
    p50, p99 = waits[len(waits) // 2] * 1000, waits[len(waits) * 99 // 100] * 1000
    print(f"students                {students}")
    print(f"rows                    {rows}")
    print(f"import                  {seconds:.1f} s")
    print(f"plain COPY              {copying:.1f} s")
    print(f"ratio                   {seconds / copying:.2f} (at most {MOST_RATIO})")
    print(f"second import           {again:.1f} s")
    print(f"peak memory             {peak:.0f} MiB (at most {MOST_MEBIBYTES})")
    print(
        f"other requests meanwhile p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {waits[-1] * 1000:.0f}"
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
