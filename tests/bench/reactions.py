"""Effects a second of outcomes' reactions: attendance of 20,000 students in 20 schools, with a
scorecard that shows both derived indicators.

`python -m tests.bench.bench_reactions [students]`. The events go through the inbox in the batches
in which the bus delivers them. The promise: at least 2,500 effects a second; an effect is one
measure written, added up and announced. Beside it: the same rows by one plain upsert a batch.
"""

import asyncio
import random
import sys
import time
from datetime import date
from uuid import UUID, uuid4

import asyncpg
import orjson

from shared.contracts.base import Event
from shared.contracts.students.attendance import AttendanceCounted
from shared.contracts.students.student import StudentRostered, StudentStatus
from shared.inbox import BATCH, Delivery, Inbox
from shared.records import new_id
from tests.houses import House, open_house, settings_for
from tests.outcomes.builders import ROSTER, define, form_partnership, make_scorecard
from tests.servers import servers

STUDENTS, SCHOOLS, ROUNDS = 20_000, 20, 2
PROMISED = 2_500
GRADES = [f"{grade:02}" for grade in range(1, 13)]


def rostered(students: list[UUID], schools: list[UUID]) -> list[tuple[UUID, int, Event]]:
    return [
        (
            student, 1,
            StudentRostered(
                student_id=student, school_id=schools[n % SCHOOLS], grade=GRADES[n % 12],
                status=StudentStatus.ACTIVE,
            ),
        )
        for n, student in enumerate(students)
    ]  # fmt: skip


def counted(
    students: list[UUID], schools: list[UUID], version: int
) -> list[tuple[UUID, int, Event]]:
    chance = random.Random(version)
    events: list[tuple[UUID, int, Event]] = [
        (
            UUID(int=student.int ^ 1), version,
            AttendanceCounted(
                student_id=student, school_id=schools[n % SCHOOLS], school_year=2026,
                days_enrolled=60 + version, days_attended=chance.randint(40, 60),
                as_of=date(2025, 11, version),
            ),
        )
        for n, student in enumerate(students)
    ]  # fmt: skip
    chance.shuffle(events)
    return events


def delivery(about: UUID, version: int, event: Event) -> Delivery:
    data = orjson.loads(event.model_dump_json())
    return Delivery(
        id=new_id(), type=event.type, aggregate_id=about, version=version, data=data,
        traceparent=None, body=b"", attempt=1,
    )  # fmt: skip


async def hear(house: House, events: list[tuple[UUID, int, Event]]) -> float:
    """Effects a second."""
    inbox = Inbox(house.database, "students", house.reactions)
    deliveries = [delivery(*event) for event in events]
    started = time.perf_counter()
    for first in range(0, len(deliveries), BATCH):
        await inbox.handle(deliveries[first : first + BATCH])
    return len(events) / (time.perf_counter() - started)


async def upsert(url: str, students: list[UUID]) -> float:
    """The yardstick: rows a second where nothing is added up, announced or remembered."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "create table plain (student_id uuid, year int, days int, primary key (student_id, year))"
    )
    started = time.perf_counter()
    for first in range(0, len(students), BATCH):
        await connection.execute(
            "insert into plain select unnest($1::uuid[]), 2026, 60"
            " on conflict (student_id, year) do update set days = excluded.days",
            students[first : first + BATCH],
        )
    taken = time.perf_counter() - started
    await connection.close()
    return len(students) / taken


async def measure(house: House, url: str, count: int) -> None:
    ids = [
        (await define(house, key=key, derivation=key))["id"]
        for key in ("attendance_rate", "chronic_absence")
    ]
    await make_scorecard(house, await form_partnership(house), ids, places=[ROSTER])
    students, schools = [uuid4() for _ in range(count)], [uuid4() for _ in range(SCHOOLS)]
    plain = await upsert(url, students)
    print(f"plain upserts, {BATCH} a transaction   {plain:10,.0f} a second")
    known = await hear(house, rostered(students, schools))
    print(f"rostered students               {known:10,.0f} a second")
    for version in range(1, ROUNDS + 1):
        name = "first counts" if version == 1 else "changed counts"
        rate = await hear(house, counted(students, schools, version))
        print(f"attendance, {name:20}{rate:10,.0f} a second = {rate / plain:.2f} × plain"
              f" (at least {PROMISED:,})")  # fmt: skip


async def main(count: int = STUDENTS) -> None:
    with servers() as running:
        admin = running.database_url.format(database="postgres").replace("+asyncpg", "")
        connection = await asyncpg.connect(admin)
        await connection.execute("drop database if exists bench_reactions with (force)")
        await connection.execute("create database bench_reactions")
        await connection.close()
        url = running.database_url.format(database="bench_reactions")
        house = await open_house("outcomes", settings_for(url, running.nats_url))
        try:
            await measure(house, url.replace("+asyncpg", ""), count)
        finally:
            await house.database.close()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
