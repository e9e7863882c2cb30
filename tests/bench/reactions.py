"""Effects a second of outcomes' reactions: attendance of 20,000 students in 20 schools, with a
scorecard that shows both derived indicators.

`python -m tests.bench reactions [students] [rounds]`. The events go through the inbox in the batches
in which the bus delivers them. The promise: at least 2,500 effects a second; an effect is one
measure written, added up and announced. Beside it: the same rows by one plain upsert a batch.
"""

import random
import time
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from shared.contracts.base import Event
from shared.contracts.students.attendance import AttendanceCounted
from shared.contracts.students.student import StudentRostered, StudentStatus
from shared.events.inbox import BATCH, Delivery, Inbox
from shared.persistence.records import new_id
from tests.bench.figures import Paper, spread
from tests.bench.places import a_place
from tests.houses import House
from tests.outcomes.builders import ROSTER, define, form_partnership, make_scorecard

STUDENTS, SCHOOLS, ROUNDS = 10_000, 20, 5
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
        "create table if not exists plain (student_id uuid, year int, days int, primary key (student_id, year))"
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


async def measured(house: House, url: str, count: int, rounds: int) -> dict[str, Any]:
    ids = [
        (await define(house, key=key, derivation=key))["id"]
        for key in ("attendance_rate", "chronic_absence")
    ]
    await make_scorecard(house, await form_partnership(house), ids, places=[ROSTER])
    students, schools = [uuid4() for _ in range(count)], [uuid4() for _ in range(SCHOOLS)]
    known = await hear(house, rostered(students, schools))
    plain, ours = [], []
    for version in range(1, rounds + 1):
        plain.append(await upsert(url, students))
        ours.append(await hear(house, counted(students, schools, version)))
    return {
        "students": count, "rounds": rounds, "batch": BATCH,
        "rostered_students_a_second": round(known),
        "measures_a_second": spread(ours, 0), "plain_upserts_a_second": spread(plain, 0),
    }  # fmt: skip


async def main(count: float = STUDENTS, rounds: float = ROUNDS) -> None:
    paper = Paper("reactions", f"python -m tests.bench reactions {count:.0f} {rounds:g}")
    async with a_place("outcomes") as place:
        figures = await measured(place.house, place.url, int(count), int(rounds))
    paper.tell(figures)
