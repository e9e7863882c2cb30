"""Whatever is killed with -9 in the middle of an import, nothing of it is lost or doubled."""

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

STUDENTS, ENROLLMENTS = 960, 6693


@pytest.fixture(scope="module")
async def fragile(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A platform whose broker and PostgreSQL may be killed too."""
    async with own_servers(tmp_path_factory.mktemp("fragile")) as made:
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


@pytest.mark.parametrize("victim", ["students", "gateway", "broker", "outcomes", "postgres"])
async def test_an_import_survives_the_death_of(
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
