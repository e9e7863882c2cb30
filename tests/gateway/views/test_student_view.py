"""The child's picture, with each of its parts there, absent, withheld, down, slow and lying: asked for
together, and one by one of services of the release before."""

import asyncio
from uuid import uuid4

import pytest

from gateway.upstream import client as upstream
from gateway.upstream.replicas import Replicas
from tests.gateway.services import MANY, Network, network, problem

CHILD = str(uuid4())
PICTURE = f"/internal/students/{CHILD}/picture"
ASSIGNMENTS = f"/internal/students/{CHILD}/assignments"
MEASURES = f"/internal/students/{CHILD}/measures"
VIEW = f"/v1/views/students/{CHILD}"


@pytest.fixture(
    autouse=True,
    params=[(), ("students", "resources", "outcomes"), ("students",), ("resources", "outcomes")],
    ids=["together", "one by one", "an earlier students", "earlier others"],
)
def _release(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Network, "of_the_release_before", frozenset(request.param))


def whole(net: Network, **withheld: str) -> None:
    net.admit("educator")
    picture = {"student": {"id": CHILD}, "contacts": [], "withheld": withheld, "grant": "g.g.g"}
    net.set("students", PICTURE, picture)
    net.set("students", f"/internal/students/{CHILD}/grant", {"grant": "g.g.g"})
    net.set("resources", ASSIGNMENTS, {"items": [1]})
    net.set("outcomes", MEASURES, {"attendance": []})


async def test_all_parts_come_together_in_one_answer() -> None:
    async with network() as (net, client):
        whole(net)
        answer = await client.get(VIEW)

    assert answer.status_code == 200
    assert answer.json() == {
        "student": {"id": CHILD}, "contacts": [], "resources": {"items": [1]},
        "measures": {"attendance": []}, "accounts": [], "unavailable": {}, "withheld": {},
    }  # fmt: skip
    assert "grant" not in answer.text


async def test_the_gateway_asks_resources_and_outcomes_with_the_grant_of_students() -> None:
    async with network() as (net, client):
        whole(net)
        await client.get(VIEW)
        grants = [
            (await r.json())["grants"] if r.path in MANY else [r.headers["Grant"]]
            for name, r in net.asked
            if name in {"resources", "outcomes"}
            and not (r.path in MANY and name in net.of_the_release_before)
        ]
    alone = {"students", "resources", "outcomes"} & net.of_the_release_before
    assert grants == [["g.g.g"] if alone else ["many.grants.signed"]] * 2


async def test_the_picture_names_a_withheld_part_and_the_gateway_does_not_ask_for_it() -> None:
    async with network() as (net, client):
        whole(net, measures="Tutors do not see measures.")
        answer = (await client.get(VIEW)).json()

    assert answer["withheld"] == {"measures": "Tutors do not see measures."}
    assert (answer["measures"], answer["resources"]) == (None, {"items": [1]})
    assert net.paths("outcomes") == []


async def test_the_picture_names_a_part_that_is_down_and_shows_the_rest() -> None:
    async with network() as (net, client):
        whole(net)
        net.gateway.upstream.replicas["resources"] = Replicas("http://127.0.0.1:1")
        answer = (await client.get(VIEW)).json()

    assert answer["unavailable"]["resources"]["code"] == "service-away"
    assert (answer["resources"], answer["measures"]) == (None, {"attendance": []})


async def test_a_part_that_answers_garbage_or_fails_counts_as_down() -> None:
    async with network() as (net, client):
        whole(net)
        net.set("resources", ASSIGNMENTS, raw=b"<html>", status=502)
        net.set("outcomes", MEASURES, problem(500, "unforeseen", "secret"), status=500)
        answer = await client.get(VIEW)

    assert set(answer.json()["unavailable"]) == {"resources", "measures"}
    assert "secret" not in answer.text


async def test_a_part_that_answers_garbage_with_success_counts_as_down() -> None:
    async with network() as (net, client):
        whole(net)
        net.set("outcomes", MEASURES, raw=b'{"x": \xff\xfe}')
        answer = await client.get(VIEW)
        net.set("students", PICTURE, raw=b"<html>")
        without = await client.get(VIEW)

    assert (answer.status_code, answer.json()["measures"]) == (200, None)
    assert answer.json()["unavailable"]["measures"]["code"] == "service-away"
    assert (without.status_code, without.json()["code"]) == (503, "service-away")


async def test_a_part_that_is_slow_is_given_up_at_the_deadline() -> None:
    async with network() as (net, client):
        whole(net)
        net.set("outcomes", MEASURES, {}, seconds=10)
        answer = await client.get(VIEW, timeout=5)

    assert list(answer.json()["unavailable"]) == ["measures"]


@pytest.mark.parametrize(
    ("view", "path"),
    [(VIEW, PICTURE), ("/v1/views/caseload", "/internal/caseload")],
    ids=["child", "caseload"],
)
async def test_a_part_without_which_there_is_no_answer_is_waited_for_longer(
    monkeypatch: pytest.MonkeyPatch, view: str, path: str
) -> None:
    """While a service is replaced on a busy machine, an answer takes more than two seconds."""
    monkeypatch.setattr(upstream, "VIEW_SECONDS", 0.1)
    async with network() as (net, client):
        whole(net)
        picture = net.answers["students"][PICTURE].body
        net.set("students", path, picture, seconds=0.5)
        answer = await client.get(view)

    assert answer.status_code == 200


async def test_many_requests_at_once_wait_for_their_turn_and_lose_no_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last waits 4.5 seconds for its turn, longer than a question may take; few are asked at
    once, so that each answers in time on a busy machine too."""
    monkeypatch.setattr(upstream, "AT_ONCE", 4)
    monkeypatch.setattr(upstream, "WAIT_SECONDS", 60.0)
    async with network(requests_at_once=1_000) as (net, client):
        whole(net)
        await client.get(VIEW)
        net.one_at_a_time = asyncio.Lock()
        net.set("outcomes", MEASURES, {}, seconds=0.03)
        answers = await asyncio.gather(*(client.get(VIEW) for _ in range(150)))
    assert [answer.json()["unavailable"] for answer in answers] == [{}] * 150


async def test_a_part_that_is_refused_is_withheld_with_its_clause() -> None:
    async with network() as (net, client):
        whole(net)
        net.set("outcomes", MEASURES, problem(403, "grant-refused", "No grant."), status=403)
        answer = (await client.get(VIEW)).json()

    assert answer["withheld"] == {"measures": "No grant."}


async def test_a_part_that_is_absent_is_null_and_neither_withheld_nor_down() -> None:
    async with network() as (net, client):
        whole(net)
        net.set("outcomes", MEASURES, problem(404, "none"), status=404)
        answer = (await client.get(VIEW)).json()

    assert (answer["measures"], answer["unavailable"], answer["withheld"]) == (None, {}, {})


async def test_without_students_there_is_no_picture() -> None:
    async with network() as (net, client):
        whole(net)
        net.gateway.upstream.replicas["students"] = Replicas("http://127.0.0.1:1")
        answer = await client.get(VIEW)

    assert (answer.status_code, answer.json()["code"]) == (503, "service-away")
    assert answer.headers["retry-after"]


async def test_a_child_hidden_from_the_caller_gives_the_refusal_of_students() -> None:
    async with network() as (net, client):
        whole(net)
        net.set("students", PICTURE, problem(404, "student-unknown"), status=404)
        answer = await client.get(VIEW)

    assert (answer.status_code, answer.json()["code"]) == (404, "student-unknown")
    assert net.paths("resources") == net.paths("outcomes") == []
