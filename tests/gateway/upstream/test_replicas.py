"""Several replicas of a service behind one name, which come and go."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from gateway.upstream import replicas
from gateway.upstream.client import AWAY, Upstream
from shared.core.refusals import Refusal
from shared.security.principal import NOBODY, PrincipalSigner
from tests.gateway.services import settings
from tests.houses import PRINCIPAL_KEYS
from tests.promised import promise

PLACES = ("127.0.0.1", "127.0.0.2", "127.0.0.3")


class Many:
    """Replicas at PLACES, one port, and the name `students` for those of `named`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.named: list[str] = []
        self.asked: Counter[str] = Counter()
        self.leaving: set[str] = set()
        self.others: set[str] = set()  # where another service answers by now
        self.ends: set[str] = set()
        self._runners: dict[str, web.AppRunner] = {}

    async def begin(self, place: str) -> None:
        async def handle(request: web.Request) -> web.Response:
            await request.read()
            self.asked[place] += 1
            if place in self.ends:  # killed, the request in its hands
                request.transport.abort()  # type: ignore[union-attr]
            if place in self.others:
                return web.json_response({}, status=404, headers={"Service": "partners"})
            headers = {"Service": "students"}
            if place in self.leaving:
                headers["Connection"] = "close"
            return web.json_response({"place": place}, headers=headers)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handle)
        self._runners[place] = web.AppRunner(app)
        await self._runners[place].setup()
        await web.TCPSite(self._runners[place], place, self.port).start()
        self.named.append(place)

    async def end(self, place: str) -> None:
        await self._runners.pop(place).cleanup()

    async def end_all(self) -> None:
        for place in list(self._runners):
            await self.end(place)


@asynccontextmanager
async def several(
    monkeypatch: pytest.MonkeyPatch, *places: str
) -> AsyncIterator[tuple[Many, Upstream]]:
    """The name server is the only thing here that is not real."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        many = Many(probe.getsockname()[1])
    for place in places:
        await many.begin(place)

    async def looked_up(host: str, port: int, **_: Any) -> list[Any]:
        assert host == "students"
        if not many.named:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(2, 1, 6, "", (place, port)) for place in many.named]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up, raising=False)
    monkeypatch.setattr(replicas, "LOOK_SECONDS", 0.0)
    upstream = Upstream(
        settings(students_url=f"http://students:{many.port}"), PrincipalSigner(PRINCIPAL_KEYS[0])
    )
    try:
        yield many, upstream
    finally:
        await upstream.close()
        await many.end_all()


async def ask(upstream: Upstream, times: int) -> Counter[str]:
    found = [await upstream.get("students", "/x", NOBODY) for _ in range(times)]
    return Counter(reply.json()["place"] for reply in found)


@promise("Requests", "Each replica of a service has its turn.")
async def test_each_replica_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with several(monkeypatch, *PLACES) as (_, upstream):
        assert await ask(upstream, 30) == dict.fromkeys(PLACES, 10)


async def test_a_new_replica_gets_requests_though_no_connection_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with several(monkeypatch, PLACES[0]) as (many, upstream):
        await ask(upstream, 5)
        await many.begin(PLACES[1])
        assert set(await ask(upstream, 10)) == set(PLACES[:2])


@promise("Requests", "The gateway asks nothing of a replica that leaves while there is another.")
async def test_a_replica_that_leaves_gets_no_more_requests_while_there_is_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with several(monkeypatch, *PLACES[:2]) as (many, upstream):
        many.leaving.add(PLACES[0])
        await ask(upstream, 20)
        assert many.asked[PLACES[0]] == 1
        many.leaving.add(PLACES[1])
        assert (await ask(upstream, 20)).total() == 20


async def test_a_replica_that_was_starting_gets_requests_again_before_a_leaving_one_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its name is known before it listens."""
    monkeypatch.setattr(replicas, "UNREACHED_SECONDS", 0.0)
    async with several(monkeypatch, *PLACES[:2]) as (many, upstream):
        await many.end(PLACES[1])
        assert await ask(upstream, 4) == {PLACES[0]: 4}
        await many.begin(PLACES[1])
        many.leaving.add(PLACES[0])
        many.asked.clear()
        await ask(upstream, 20)
        assert many.asked[PLACES[0]] <= 1
        assert many.asked[PLACES[1]] >= 19


@promise("Requests", "A request that never reached a replica goes to another, even a write.")
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_request_that_never_reached_a_replica_goes_to_another_even_a_write(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    async with several(monkeypatch, *PLACES) as (many, upstream):
        await many.end(PLACES[0])
        for _ in range(6):
            answer, _ = await upstream.send("students", method, "/x", again=False, seconds=2)
            assert answer.status == 200
        assert set(many.asked) == set(PLACES[1:])


@promise(
    "Requests",
    "The gateway does not believe an address that belongs to another service by now.",
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_gateway_does_not_trust_an_address_that_belongs_to_another_service_now(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    async with several(monkeypatch, *PLACES[:2]) as (many, upstream):
        many.others.add(PLACES[0])
        for _ in range(4):
            answer, _ = await upstream.send("students", method, "/x", again=False, seconds=2)
            assert answer.status == 200
        many.others.add(PLACES[1])
        with pytest.raises(AWAY):
            await upstream.send("students", method, "/x", again=False, seconds=2)


@promise(
    "Requests",
    "A request whose answer got lost goes to another replica only where a repetition cannot do "
    "it twice.",
)
async def test_a_request_whose_answer_got_lost_is_repeated_only_where_that_cannot_do_it_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with several(monkeypatch, *PLACES[:2]) as (many, upstream):
        many.ends.update(PLACES[:1])
        assert await ask(upstream, 4) == {PLACES[1]: 4}
    async with several(monkeypatch, PLACES[0]) as (many, upstream):
        many.ends.add(PLACES[0])
        with pytest.raises(AWAY):
            await upstream.send("students", "POST", "/x", again=False, seconds=2)
        assert many.asked == {PLACES[0]: 1}


async def test_a_service_whose_name_cannot_be_looked_up_counts_as_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with several(monkeypatch) as (many, upstream):
        with pytest.raises(AWAY):
            await upstream.send("students", "GET", "/x", again=True, seconds=2)
        await many.begin(PLACES[0])
        await ask(upstream, 1)
        many.named.clear()  # what was known stays
        assert (await ask(upstream, 3)).total() == 3


@promise(
    "Requests",
    "A request whose answer got lost goes to another replica only where a repetition cannot do "
    "it twice.",
)
async def test_a_question_for_many_is_asked_again_of_another_replica(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It changes nothing: like a read of one, it is disclosed to nobody where its answer got lost."""
    async with several(monkeypatch, *PLACES) as (many, upstream):
        many.ends.add(PLACES[0])
        await many.end(PLACES[1])
        for _ in range(6):
            reply = await upstream.ask("students", "/x", {}, 2)
            assert reply.json()["place"] == PLACES[2]
        many.ends.add(PLACES[2])
        with pytest.raises(Refusal, match="students service does not answer"):
            await upstream.ask("students", "/x", {}, 2)


async def test_replicas_that_leave_or_cannot_be_reached_are_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with several(monkeypatch, *PLACES) as (many, upstream):
        known = upstream.replicas["students"]
        assert len(known) == 1  # not looked up yet
        await ask(upstream, 3)
        assert len(known) == 3
        many.leaving.add(PLACES[0])
        await many.end(PLACES[1])
        await ask(upstream, 9)
        assert len(known) == 1
        many.leaving.add(PLACES[2])
        await ask(upstream, 3)
        assert len(known) == 1  # one at least, so that something is asked
