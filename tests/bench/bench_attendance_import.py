"""A register of two school years against plain COPY of the same days into the same table.

`python -m tests.bench.bench_attendance_import [students]` prints both times, their ratio and the
peak memory of the importing process. 1,500 students are 540,000 days: about 10 s on an idle
machine of two cores.
"""

import asyncio
import resource
import sys
import time
from datetime import date, timedelta
from uuid import uuid4

import asyncpg
from sqlalchemy import text

from tests.houses import House, open_house, settings_for
from tests.servers import servers
from tests.students.support import DISTRICT, DISTRICT_ID

SCHOOL_DAYS = [date(2024, 7, 1) + timedelta(days=2 * number) for number in range(360)]
CATEGORIES = ["Present"] * 17 + ["Tardy", "Excused Absence", "Unexcused Absence"]
PEOPLE = text("""
    insert into person (id, source, source_id, given_name, family_name, search_name, status)
    select gen_random_uuid(), :source, 'student-' || n, 'A', 'B', 'b a', 'active'
    from generate_series(1, :students) n
""")
CHILDREN = text("""
    insert into student (id, version, created_at, updated_at, source, status)
    select id, 1, now(), now(), source, 'active' from person
""")


def register(students: int) -> bytes:
    lines = ["studentSourcedId,date,category\n"]
    for number in range(1, students + 1):
        lines += [
            f"student-{number},{day},{CATEGORIES[(number * 7 + place) % len(CATEGORIES)]}\n"
            for place, day in enumerate(SCHOOL_DAYS)
        ]
    return "".join(lines).encode()


async def main(students: int) -> None:
    with servers() as running:
        name = f"bench_attendance_{uuid4().hex[:8]}"
        url = running.database_url.format(database=name)
        admin = await asyncpg.connect(_plain(running.database_url.format(database="postgres")))
        await admin.execute(f'create database "{name}"')
        await admin.close()
        house = await open_house("students", settings_for(url, running.nats_url))
        seconds, again = await _import(house, students)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        copying = await _copy(url)
        await house.database.close()
    days = students * len(SCHOOL_DAYS)
    print(f"{days:,} days of {students:,} students, import: {seconds:.1f} s, again {again:.1f} s")
    print(f"plain COPY: {copying:.1f} s; ratio {seconds / copying:.1f}; peak {peak:.0f} MiB")


async def _import(house: House, students: int) -> tuple[float, float]:
    async with house.database.transaction() as session:
        await session.execute(PEOPLE, {"source": DISTRICT_ID, "students": students})
        await session.execute(CHILDREN)
    content = register(students)
    times = []
    for _ in range(2):
        begin = time.perf_counter()
        job = await house.import_file("attendance", content, DISTRICT)
        times.append(time.perf_counter() - begin)
        if job["state"] != "done":
            raise SystemExit(str(job))
    return times[0], times[1]


async def _copy(url: str) -> float:
    connection = await asyncpg.connect(_plain(url))
    rows = await connection.fetch("select * from attendance_day")
    await connection.execute("create table plain_day (like attendance_day including all)")
    begin = time.perf_counter()
    await connection.copy_records_to_table("plain_day", records=rows)
    seconds = time.perf_counter() - begin
    await connection.close()
    return seconds


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1500))
