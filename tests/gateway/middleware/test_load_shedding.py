"""The gateway refuses requests beyond its limits at once, and answers the rest as before."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from gateway.middleware.load_shedding import OTHER, OWN_LANES, Door, lane_of
from tests.gateway.services import Network, network
from tests.promised import promise

PLACES = {"partners": "partners", "students": "students", "assignments": "resources"}
LONG = 0.5


@asynccontextmanager
async def hanging(at_once: int) -> AsyncIterator[tuple[Network, httpx.AsyncClient]]:
    """A gateway with so many places, behind which students takes its time."""
    async with network(requests_at_once=at_once) as (net, client):
        net.admit("operator")
        for service in ("students", "partners", "resources"):
            net.set(service, f"/v1/{service}", [], seconds=LONG if service == "students" else 0)
        await client.get("/v1/partners")  # who calls is known from here on
        net.asked.clear()
        yield net, client


async def ask(client: httpx.AsyncClient, path: str, times: int) -> list[httpx.Response]:
    return await asyncio.gather(*(client.get(path) for _ in range(times)))


@promise(
    "Requests",
    "The gateway refuses a request beyond its limit at once, says when to come again, and asks "
    "no service.",
)
async def test_a_request_beyond_the_limit_is_refused_at_once_and_never_reaches_a_service() -> None:
    async with hanging(8) as (net, client):
        answers = await ask(client, "/v1/students", 20)
        refused = [answer for answer in answers if answer.status_code == 503]
        assert Counter(a.status_code for a in answers) == {200: 6, 503: 14}
        assert len(net.paths("students")) == 6
        assert {answer.headers["retry-after"] for answer in refused} == {"1"}
        assert {answer.headers["content-type"] for answer in refused} == {
            "application/problem+json"
        }
        assert {answer.json()["code"] for answer in refused} == {"overloaded"}


async def test_the_gateway_admits_everybody_again_after_a_rush_and_after_clients_leave() -> None:
    async with hanging(4) as (_, client):
        await ask(client, "/v1/students", 30)
        gone = [asyncio.create_task(client.get("/v1/students")) for _ in range(3)]
        await asyncio.sleep(LONG / 5)
        for each in gone:
            each.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        await asyncio.sleep(LONG * 2)
        answers = await ask(client, "/v1/students", 3)
    assert [answer.status_code for answer in answers] == [200] * 3


@promise("Requests", "A service that hangs leaves the others within reach.")
async def test_the_other_services_stay_within_reach_while_one_hangs() -> None:
    async with hanging(4) as (_, client):
        rush = asyncio.create_task(ask(client, "/v1/students", 40))
        await asyncio.sleep(LONG / 5)
        answer = await client.get("/v1/partners")
        await rush
    assert answer.status_code == 200


async def test_all_lanes_together_hold_no_more_than_all_places() -> None:
    async with hanging(4) as (net, client):
        net.set("resources", "/v1/resources", [], seconds=LONG)
        answers = await asyncio.gather(
            ask(client, "/v1/students", 10), ask(client, "/v1/resources", 10)
        )
    assert Counter(a.status_code for some in answers for a in some) == {200: 4, 503: 16}


async def test_the_health_routes_answer_in_any_rush() -> None:
    async with hanging(1) as (_, client):
        rush = asyncio.create_task(ask(client, "/v1/students", 10))
        await asyncio.sleep(LONG / 5)
        answers = await ask(client, "/health", 5) + await ask(client, "/ready", 5)
        await rush
    assert "overloaded" not in {answer.json().get("code") for answer in answers}


async def test_an_answer_that_lasts_for_hours_holds_no_place() -> None:
    ended = asyncio.Event()

    async def streaming(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await ended.wait()

    async with network(requests_at_once=1) as (net, _):
        net.gateway.places.update(PLACES)
        app = type("App", (), {"state": type("State", (), {"gateway": net.gateway})})
        door, statuses = Door(streaming), []

        async def send(message: Any) -> None:
            if "status" in message:
                statuses.append(message["status"])

        scope = {"type": "http", "path": "/v1/stream", "app": app}
        streams = [asyncio.create_task(door(dict(scope), None, send)) for _ in range(5)]  # type: ignore[arg-type]
        await asyncio.sleep(0)
        assert statuses == [200] * 5
        ended.set()
        await asyncio.gather(*streams)


@given(st.text())
def test_no_path_that_a_client_makes_up_becomes_a_lane(path: str) -> None:
    assert lane_of(PLACES, path) in {OTHER, *OWN_LANES, *PLACES.values()}
