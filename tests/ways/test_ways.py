"""docs/ways.md gives the order in which functions are called. Real processes go each way and write
down their calls."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.bench.oneroster_generator import package
from tests.journeys import test_guardians_story as story
from tests.journeys.test_grand_bend import a_district
from tests.platform import PROCESSES, Platform, own_broker
from tests.promised import promise
from tests.promises.sources import guilty
from tests.servers import Servers
from tests.ways.page import FUNCTION, PAGE, left_out, out_of_turn, steps

STILL_SECONDS = 2.0
MOVING = {
    "shared/events/inbox.py::Inbox.handle",
    "shared/events/relay.py::_publish",
    "shared/imports/jobs.py::_load",
    "services/students/audit/hash_chain/rules.py::seals",
    "services/students/sharing/worker/actions.py::Sharer._note",
    "services/students/sharing/worker/actions.py::Sharer._share",
}
"""Called only while something is on its way."""
CATEGORIES = ("attendance", "measures", "resources")


@dataclass
class Traced:
    """A platform that writes its calls to `file`, and a partner that listens."""

    file: Path
    whole: Platform
    cast: story.Cast
    listener: story.Listener

    def calls(self, since: int) -> list[str]:
        """Those written behind the first `since` bytes."""
        return self.file.read_bytes()[since:].decode().splitlines()

    async def still(self) -> int:
        """How much is written once nothing is on its way."""
        while True:
            since = self.file.stat().st_size
            await asyncio.sleep(STILL_SECONDS)
            if MOVING.isdisjoint(call.split()[1] for call in self.calls(since)):
                return self.file.stat().st_size

    async def went(self, way: str, since: int) -> None:
        """Fails where the page says otherwise."""
        await self.still()
        calls = self.calls(since)
        named = {"::".join(each) for each in FUNCTION.findall(PAGE)}
        guilty([*out_of_turn(steps(way), calls), *left_out(named, calls)])

    async def a_family(self) -> tuple[str, httpx.AsyncClient, str]:
        """A child, its mother, and her consent."""
        child, mother = await story.a_child(self.whole, self.cast, f"Amara {uuid4()}")
        said = await story.consent(self.cast, mother, child, "service", *CATEGORIES)
        return child, mother, said["id"]

    async def read(self, child: str) -> None:
        view = await story.ok(await self.cast.tutor.get(f"/v1/views/students/{child}"), 200)
        assert view["unavailable"] == {}


@pytest.fixture(scope="module")
async def traced(
    running: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Traced]:
    folder = tmp_path_factory.mktemp("ways")
    async with own_broker(folder, running.database_url, begun=False) as whole:
        whole.starter, whole.more = "tests.ways.traced", {"CALLS": str(folder / "calls")}
        for name in PROCESSES:
            whole.begin(name)
        await whole.ready()
        cast = await story.a_cast(whole)
        await story.agree(cast, "service", datetime.now(UTC) + timedelta(days=1), "resources")
        async with story.listening(cast) as listener:
            yield Traced(folder / "calls", whole, cast, listener)


@promise("The house", "Four requests go the ways that the page of ways shows.")
async def test_a_partner_reads_a_childs_view_as_the_page_says(traced: Traced) -> None:
    child, _, _ = await traced.a_family()
    since = await traced.still()
    await traced.read(child)
    await traced.went("A partner reads a child's view", since)


@promise("The house", "Four requests go the ways that the page of ways shows.")
async def test_an_attendance_mark_reaches_the_partner_as_the_page_says(traced: Traced) -> None:
    child, _, _ = await traced.a_family()
    since = await traced.still()
    await story.roll(traced.cast, child)
    await story.until(lambda: bool(traced.listener.of("told", child)))
    await traced.went("A mark of attendance reaches a partner's system", since)


@promise("The house", "Four requests go the ways that the page of ways shows.")
async def test_a_revocation_retracts_the_data_read_before_as_the_page_says(traced: Traced) -> None:
    child, mother, consent = await traced.a_family()
    await traced.read(child)
    since = await traced.still()
    address = f"/v1/students/{child}/consents/{consent}/revocation"
    await story.ok(await mother.post(address, json={}))
    await story.until(lambda: bool(traced.listener.of("retracted", child)))
    [taken] = traced.listener.of("retracted", child)
    assert set(taken["data"]["categories"]) == set(CATEGORIES)
    await traced.went("A family revokes a consent, and a partner must delete", since)


@promise("The house", "Four requests go the ways that the page of ways shows.")
async def test_a_roster_is_read_merged_and_announced_as_the_page_says(traced: Traced) -> None:
    _, admin = await a_district(traced.whole)
    since = await traced.still()
    job = await traced.whole.import_file(admin, "oneroster", package(20), "roster.zip")
    assert (job["state"], job["counts"]["students"]) == ("done", 20)
    await traced.went("A district sends a roster", since)


def test_a_page_that_says_otherwise_fails_the_test() -> None:
    room = "services/students/support/notes"
    route, action = f"{room}/routes.py::put", f"{room}/actions.py::write"
    calls = [f"students {route}", "outcomes hear", f"students {action}"]
    right = [(False, calls[0]), (True, calls[1]), (False, calls[2])]

    assert [*out_of_turn(right, calls), *left_out({route, action}, calls)] == []
    assert [*out_of_turn(right, calls[:2])] == [f"students {action} was called never"]
    assert [*out_of_turn([right[2], right[0]], calls)] == [
        f"students {route} was called too early"
    ]
    assert [*left_out({route}, calls)] == [f"{action} is not on the page"]
