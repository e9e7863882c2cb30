"""An import loses and doubles nothing when a process is killed with -9 in the middle of it."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from deploy.running import postgres
from deploy.servers import ServerMissing
from tests.journeys.test_grand_bend import COUNTS, a_district, package
from tests.platform import Platform, begin_broker, own_servers
from tests.promised import promise
from tests.servers import open_folder

STUDENTS, ENROLLMENTS = 960, 6693


@pytest.fixture(scope="module")
async def fragile() -> Any:
    """A platform whose broker and PostgreSQL may be killed too."""
    with open_folder() as folder:
        async with own_servers(folder) as made:
            yield made


async def kill(made: Platform, name: str) -> None:
    """Ends it with -9 and starts it again; PostgreSQL as `make up` does."""
    if name == "postgres":
        data = made.folder / "postgres"
        pid = int((data / "postmaster.pid").read_text().split()[0])
        psutil.Process(pid).kill()  # the backends notice and end too
        kept = postgres(data)
        while not kept.alive or psutil.pid_exists(pid):
            with suppress(ServerMissing):
                kept.keep()
            await asyncio.sleep(0.05)
        return
    made.kill(name)
    begin_broker(made) if name == "broker" else made.begin(name)


async def started(client: httpx.AsyncClient, import_id: str, after: float) -> None:
    """Until the import has come so far."""
    while True:
        try:
            job = (await client.get(f"/v1/imports/{import_id}")).json()
        except httpx.HTTPError:
            job = {}
        if job.get("progress", 0) > after or job.get("state") in {"done", "refused"}:
            return
        await asyncio.sleep(0.02)


@promise(
    "Imports",
    "An import killed in the middle leaves nothing, and the next process carries it out.",
)
@pytest.mark.parametrize("victim", ["students", "gateway", "broker", "outcomes", "postgres"])
async def test_an_import_survives_the_death_of_a_process(
    fragile: Platform, real_data: Path, victim: str
) -> None:
    district, admin = await a_district(fragile)
    queued = await admin.post(
        "/v1/imports/oneroster", files={"file": ("gb.zip", package(real_data / "grand-bend"))}
    )
    await started(admin, queued.json()["id"], after=0.05)
    await kill(fragile, victim)
    await fragile.ready()

    job = await fragile.finished(admin, queued.json()["id"])
    assert job["state"] == "done", job
    assert job["counts"].items() >= COUNTS.items()
    await fragile.settled()
    own = f"source = '{district}'"
    [rows] = await fragile.rows("students", f"select count(*) as n from student where {own}")
    [enrolled] = await fragile.rows(
        "students", f"select count(*) as n from enrollment where {own}"
    )
    told = await fragile.rows(
        "students",
        "select aggregate_id, count(*) as n from outbox o join student s on s.id = o.aggregate_id"
        f" where s.{own} and o.type = 'students.student.rostered.v1' group by 1",
    )
    assert (rows["n"], enrolled["n"]) == (STUDENTS, ENROLLMENTS)
    assert [row["n"] for row in told] == [1] * STUDENTS


@promise(
    "Imports",
    "An import killed in the middle leaves nothing, and the next process carries it out.",
)
async def test_a_confirmed_import_survives_the_death_of_its_process(
    fragile: Platform, real_data: Path
) -> None:
    district, admin = await a_district(fragile)
    good, empty = (real_data / name for name in ("grand-bend", "reported/empty-bulk-roster"))
    assert (await fragile.import_file(admin, "oneroster", package(good)))["state"] == "done"

    async def active() -> int:
        [row] = await fragile.rows(
            "students",
            f"select count(*) as n from student where source = '{district}' and status = 'active'",
        )
        return int(row["n"])

    job = await fragile.import_file(admin, "oneroster", package(empty))
    [children] = [effect for effect in job["effects"] if effect["noun"] == "children"]
    assert (job["state"], children["ended"]) == ("needs_confirmation", STUDENTS)
    assert await active() == STUDENTS
    confirmed = await admin.post(f"/v1/imports/{job['id']}/confirmation")
    assert confirmed.status_code == 202, confirmed.text
    await kill(fragile, "students")
    await fragile.ready()
    assert (await fragile.finished(admin, job["id"]))["state"] == "done"
    assert await active() == 0
    assert (await fragile.import_file(admin, "oneroster", package(good)))["state"] == "done"
    assert await active() == STUDENTS
    await fragile.settled()
