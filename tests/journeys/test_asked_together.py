"""Many people read children's views at the same time, on real processes, while students is killed."""

import asyncio
from collections import Counter
from typing import Any

import httpx

from tests.bench.oneroster_generator import package
from tests.journeys.test_grand_bend import a_district
from tests.platform import Platform
from tests.promised import promise

CHILDREN, READERS, KILLS = 20, 24, 3
MOST_ASKED = 2_000


async def a_view(client: httpx.AsyncClient, child: str) -> Any:
    answer = await client.get(f"/v1/views/students/{child}")
    return answer.json() if answer.status_code == 200 else None


@promise("Access and privacy", "Every disclosure of data about a child is written into the log.")
async def test_whatever_is_told_together_is_in_the_log_though_students_is_killed_meanwhile(
    whole: Platform,
) -> None:
    district, admin = await a_district(whole)
    await whole.import_file(admin, "oneroster", package(CHILDREN), "roster.zip")
    listed = await admin.get(f"/v1/students?limit={CHILDREN}")
    children = [each["id"] for each in listed.json()["items"]]
    readers = [await whole.admit("district_admin", district) for _ in range(READERS)]
    alone = {child: await a_view(admin, child) for child in children}
    assert len(alone) == CHILDREN and None not in alone.values()

    told: Counter[str] = Counter()
    stopped = asyncio.Event()

    async def read(reader: httpx.AsyncClient, first: int) -> None:
        """Until all is over, each child in turn."""
        for n in range(first, MOST_ASKED):
            if stopped.is_set():
                return
            child = children[n % CHILDREN]
            view = await a_view(reader, child)
            if view is None:
                await asyncio.sleep(0.05)
                continue
            told[child] += 1
            assert view == alone[child]

    [before] = await whole.rows("students", "select coalesce(max(position), 0) n from disclosure")
    reading = [asyncio.create_task(read(each, n)) for n, each in enumerate(readers)]
    for _ in range(KILLS):
        seen = told.total()
        while told.total() < seen + 2 * READERS:
            await asyncio.sleep(0.01)
            assert not any(task.done() and task.exception() for task in reading)
        whole.kill("students")
        whole.begin("students")
        await whole.ready("students")
    stopped.set()
    await asyncio.gather(*reading)

    rows = await whole.rows(
        "students",
        "select student_id::text child, count(*) n from disclosure where position > $1"
        " and outcome = 'released' and channel = 'read' group by 1", before["n"],
    )  # fmt: skip
    written = {row["child"]: row["n"] for row in rows}
    assert told.total() > KILLS * READERS
    assert {child: n for child, n in told.items() if written.get(child, 0) < n} == {}
