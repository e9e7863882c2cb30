"""Live updates, on a real broker: a caller gets only permitted ones, and can resume a stream."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from aiohttp import web

import gateway.live
from deploy.servers import free_port, start_nats
from gateway.live import Live, Position, Update, visible
from gateway.upstream.client import Passed
from shared.core.refusals import Problem, Unavailable
from shared.core.tasks import end
from shared.events.bus import Bus, connected
from shared.security.principal import Principal, Role
from tests.gateway.services import settings
from tests.houses import principal
from tests.promised import promise

PAGE = Path(__file__).parents[2] / "docs" / "live-updates.md"
MINE, OTHERS = str(uuid4()), str(uuid4())
TEACHER = principal(Role.EDUCATOR)


class Students:
    """students' answer to which children the caller may know of."""

    def __init__(self, *allowed: str) -> None:
        self.allowed = set(allowed)
        self.away = self.refuses = False
        self.asked: list[str] = []

    async def need(self, service: str, path: str, caller: Any, params: Any) -> list[str]:
        assert (service, path) == ("students", "/internal/visible")
        self.asked.append(dict(params)["category"])
        if self.away:
            raise Unavailable("service-away", "Away.")
        if self.refuses:
            raise Passed(
                Problem(type="", status=403, title="", code="permission-missing", detail="")
            )
        return [child for name, child in params if name == "ids" and child in self.allowed]


def event(kind: str, **data: Any) -> bytes:
    return orjson.dumps(
        {"id": str(uuid4()), "type": kind, "subject": str(uuid4()), "time": "2026-01-01T00:00:00Z",
         "aggregateversion": 1, "data": data}
    )  # fmt: skip


async def publish(bus: Bus, kind: str, **data: Any) -> None:
    await (await bus.publish(f"{kind}.{uuid4()}", str(uuid4()), event(kind, **data)))


@contextlib.asynccontextmanager
async def following(folder: Path) -> AsyncIterator[tuple[Live, Bus]]:
    port = free_port()
    broker = start_nats(folder, port)
    known = settings(nats_url=f"nats://127.0.0.1:{port}")
    live = Live(known, lambda: None)
    task = asyncio.create_task(live.follow_for_ever())
    bus = await connected(known, "test")
    while not live.hears:
        await asyncio.sleep(0.02)
    yield live, bus
    await end(task)
    await bus.close()
    broker.kill()
    broker.wait()


async def caller() -> Principal:
    return TEACHER


async def lines(live: Live, students: Students, last: str | None, wanted: int) -> list[bytes]:
    """The first `wanted` events after the greeting."""
    heard: list[bytes] = []
    stream = live.listen(students, caller, last)  # type: ignore[arg-type]
    async with asyncio.timeout(10):
        async for line in stream:
            if b"event: " in line:
                heard.append(line)
            if len(heard) == wanted:
                break
    await stream.aclose()
    return heard


async def test_a_listener_gets_updates_of_its_own_children_and_never_of_others(
    tmp_path: Path,
) -> None:
    async with following(tmp_path) as (live, bus):
        listening = asyncio.create_task(lines(live, Students(MINE), None, 2))
        await asyncio.sleep(0.2)
        await publish(bus, "students.engagement.changed.v1", student_id=OTHERS)
        await publish(bus, "students.engagement.changed.v1", student_id=MINE)
        await publish(bus, "students.unheard-of.happened.v1", secret=OTHERS)
        await publish(bus, "partners.program.opened.v1", program_id=str(uuid4()))
        heard = await listening
    assert MINE.encode() in heard[0]
    assert b"partners.program.opened.v1" in heard[1]
    assert OTHERS.encode() not in b"".join(heard)


async def test_a_listener_resumes_after_the_last_event_it_got(tmp_path: Path) -> None:
    async with following(tmp_path) as (live, bus):
        for _ in range(3):
            await publish(bus, "partners.program.opened.v1", program_id=str(uuid4()))
        while live.last < 3:
            await asyncio.sleep(0.02)
        heard = await lines(live, Students(), f"{live.incarnation}-1", 2)
    assert [line.split(b"\n")[0][-2:] for line in heard] == [b"-2", b"-3"]


async def first_frames(
    live: Live, students: Students, last: str | None, wanted: int
) -> list[bytes]:
    stream = live.listen(students, caller, last)  # type: ignore[arg-type]
    async with asyncio.timeout(10):
        heard = [await anext(stream) for _ in range(wanted)]
    await stream.aclose()
    return heard


def id_of(frame: bytes) -> str:
    [found] = re.findall(rb"^id: (.*)$", frame, re.MULTILINE)
    return str(found.decode())


@promise(
    "Events",
    "A listener of live updates that lost the connection misses no update, or is told to read anew.",
)
async def test_a_guardian_who_lost_the_connection_before_her_first_event_resumes_without_a_gap(
    tmp_path: Path,
) -> None:
    async with following(tmp_path) as (live, bus):
        [greeting] = await first_frames(live, Students(MINE), None, 1)
        await publish(bus, "students.engagement.changed.v1", student_id=MINE)
        while live.last < 1:
            await asyncio.sleep(0.02)
        [heard] = await lines(live, Students(MINE), id_of(greeting), 1)
    assert b"event:" not in greeting and b"data:" not in greeting
    assert b"event: change" in heard and MINE.encode() in heard


@promise(
    "Events",
    "A listener of live updates that lost the connection misses no update, or is told to read anew.",
)
@pytest.mark.parametrize("hidden", [0, 3])
async def test_each_beat_has_a_later_id_also_after_updates_that_are_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hidden: int
) -> None:
    monkeypatch.setattr(gateway.live, "BEAT_SECONDS", 0.1)
    async with following(tmp_path) as (live, bus):
        stream = live.listen(Students(), caller, None)  # type: ignore[arg-type]
        greeting = await anext(stream)
        for _ in range(hidden):
            await publish(bus, "students.engagement.changed.v1", student_id=MINE)
        while live.last < hidden:
            await asyncio.sleep(0.02)
        beat = b""
        async with asyncio.timeout(10):
            while not beat.startswith(f"id: {live.incarnation}-{hidden}\n".encode()):
                beat = await anext(stream)
                assert b"event:" not in beat
        await stream.aclose()
    assert id_of(greeting) == f"{live.incarnation}-0"


async def test_a_reset_comes_in_the_first_frame_so_that_no_id_is_kept_without_it(
    tmp_path: Path,
) -> None:
    async with following(tmp_path) as (live, _):
        [frame] = await first_frames(live, Students(), "12345678-1", 1)
    assert frame.count(b"\n\n") == 1 and b"event: reset" in frame


async def test_a_listener_gets_a_reset_when_the_broker_begins_another_stream(
    tmp_path: Path,
) -> None:
    async with following(tmp_path) as (live, bus):
        for _ in range(2):
            await publish(bus, "partners.program.opened.v1", program_id=str(uuid4()))
        while live.last < 2:
            await asyncio.sleep(0.02)
        listening = asyncio.create_task(first_frames(live, Students(), None, 2))
        await asyncio.sleep(0.2)
        await bus.ask("$JS.API.STREAM.DELETE.EVENTS")
        known = live.incarnation
        assert live._bus is not None
        await live._bus.close()
        _, heard = await listening
    assert b"event: reset" in heard and not heard.startswith(b"id: %s-" % known.encode())


async def test_a_listener_too_slow_for_the_memory_gets_a_reset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.live, "KEPT_EVENTS", 2)
    async with following(tmp_path) as (live, bus):
        stream = live.listen(Students(), caller, None)  # type: ignore[arg-type]
        await anext(stream)
        for _ in range(4):
            await publish(bus, "partners.program.opened.v1", program_id=str(uuid4()))
        while live.last < 4:
            await asyncio.sleep(0.02)
        async with asyncio.timeout(10):
            heard = await anext(stream)
        await stream.aclose()
    assert b"event: reset" in heard and id_of(heard) == f"{live.incarnation}-4"


@pytest.mark.needs("npm")
async def test_the_program_on_the_page_reads_on_over_a_lost_connection(tmp_path: Path) -> None:
    follows, _ = re.findall(r"```js\n(.*?)```", PAGE.read_text(), re.DOTALL)
    asked: list[str | None] = []
    greeted = asyncio.Event()

    async with following(tmp_path) as (live, bus):

        async def answer(request: web.Request) -> web.StreamResponse:
            assert request.headers["Authorization"] == "Bearer now"
            asked.append(request.headers.get("Last-Event-ID"))
            if len(asked) > 2:
                return web.Response(status=403)
            answering = web.StreamResponse()
            await answering.prepare(request)
            async for frame in live.listen(Students(MINE), caller, asked[-1]):  # type: ignore[arg-type]
                for part in (frame[:9], frame[9:]):  # a frame comes in pieces
                    await answering.write(part)
                    await asyncio.sleep(0.02)
                greeted.set()
                if len(asked) == 1 or b"event:" in frame:
                    break
            return answering

        app = web.Application()
        app.router.add_get("/v1/stream", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port := free_port())
        await site.start()
        program = (
            f"{follows}\nfor await (const one of updates('http://127.0.0.1:{port}', () => 'now'))"
            " console.log(JSON.stringify(one));"
        )
        running = await asyncio.create_subprocess_exec(
            "node", "--input-type=module", "-e", program, stdout=asyncio.subprocess.PIPE
        )
        await asyncio.wait_for(greeted.wait(), 30)
        await publish(bus, "students.engagement.changed.v1", student_id=MINE)
        told, _ = await asyncio.wait_for(running.communicate(), 60)
        await runner.cleanup()
    first, second = [orjson.loads(line) for line in told.splitlines()]
    assert first["event"] == "reset"
    assert second["event"] == "change" and second["data"]["student_id"] == MINE
    assert asked == [None, f"{live.incarnation}-0", f"{live.incarnation}-1"]


async def test_a_listener_away_too_long_gets_a_reset_to_read_anew(tmp_path: Path) -> None:
    async with following(tmp_path) as (live, _):
        [heard] = await lines(live, Students(), "12345678-1", 1)
    assert b"event: reset" in heard


async def test_a_listener_gets_only_a_reset_to_read_anew_while_students_is_away(
    tmp_path: Path,
) -> None:
    students = Students(MINE)
    students.away = True
    async with following(tmp_path) as (live, bus):
        listening = asyncio.create_task(lines(live, students, None, 2))
        await asyncio.sleep(0.2)
        await publish(bus, "students.engagement.changed.v1", student_id=MINE)
        while not students.asked:
            await asyncio.sleep(0.02)
        students.away = False
        await publish(bus, "students.engagement.changed.v1", student_id=MINE)
        missed, heard = await listening
    assert b"event: reset" in missed and MINE.encode() not in missed
    assert MINE.encode() in heard


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ANALYST])
async def test_a_listener_without_children_gets_no_update_and_no_reset_to_read_anew(
    role: Role,
) -> None:
    students = Students(MINE)
    students.refuses = True
    updates = [Update(1, "students.engagement.changed.v1", MINE, "", MINE, None)]
    assert await visible(students, principal(role), updates) == []  # type: ignore[arg-type]


async def test_the_gateway_asks_students_about_each_update_by_the_category_it_discloses() -> None:
    students = Students(MINE)
    kinds = ["students.attendance.counted.v1", "outcomes.measure.changed.v1",
             "students.consent.changed.v1"]  # fmt: skip
    updates = [Update(n, kind, MINE, "", MINE, None) for n, kind in enumerate(kinds)]
    told = await visible(students, TEACHER, updates)  # type: ignore[arg-type]
    assert [update.type for update in told] == kinds[:2]
    assert students.asked == ["attendance", "measures"]


async def test_a_partner_gets_no_update_of_another_partners_engagements() -> None:
    own = uuid4()
    worker = principal(Role.CASE_WORKER, partner_id=own)
    kind = "students.engagement.changed.v1"
    updates = [Update(n, kind, MINE, "", MINE, str(p)) for n, p in enumerate((own, uuid4()))]
    told = await visible(Students(MINE), worker, updates)  # type: ignore[arg-type]
    assert [update.partner_id for update in told] == [str(own)]


async def test_only_family_and_district_get_updates_of_consents_and_emergencies() -> None:
    kinds = ["students.consent.changed.v1", "students.emergency-access.opened.v1"]
    updates = [Update(n, kind, MINE, "", MINE, None) for n, kind in enumerate(kinds)]
    for role in (Role.GUARDIAN, Role.STUDENT, Role.DISTRICT_ADMIN):
        told = await visible(Students(MINE), principal(role), updates)  # type: ignore[arg-type]
        assert told == updates
        assert await visible(Students(), principal(role), updates) == []  # type: ignore[arg-type]
    for role in (Role.EDUCATOR, Role.CASE_WORKER, Role.PARTNER_SYSTEM, Role.BACKBONE):
        assert await visible(Students(MINE), principal(role), updates) == []  # type: ignore[arg-type]


async def test_a_listener_that_goes_away_at_any_moment_leaves_nothing_behind() -> None:
    live = Live(settings(), lambda: None)
    failed: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
    for steps in range(8):
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(live._after(Position("", 0)))
            for _ in range(steps):
                await asyncio.sleep(0)
            while not waiting.done():
                waiting.cancel()
                await asyncio.sleep(0)
        assert waiting.cancelled()
        assert not live._news.locked()
    asyncio.get_running_loop().set_exception_handler(None)
    assert failed == []
