"""Children's views that are asked for at the same time are asked for as one."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.security.grants import Category
from shared.security.principal import PrincipalVerifier, Role
from tests.gateway.services import MANY, Network, network, problem, token
from tests.houses import PRINCIPAL_KEYS
from tests.promised import promise

PRINCIPALS = PrincipalVerifier(PRINCIPAL_KEYS[1], "students")


def known(net: Network, *children: str, **more: Any) -> None:
    for child in children:
        address = f"/internal/students/{child}"
        picture = {"student": {"id": child}, "grant": f"{child}.g.g", "withheld": {}}
        net.set("students", f"{address}/picture", picture | more)
        net.set("resources", f"{address}/assignments", {"of": child})
        net.set("outcomes", f"{address}/measures", {"of": child})


def views(client: httpx.AsyncClient, *children: str) -> Any:
    return asyncio.gather(*(client.get(f"/v1/views/students/{child}") for child in children))


async def bodies(net: Network, path: str) -> list[Any]:
    return [await request.json() for _, request in net.asked if request.path == path]


CHILDREN = [str(uuid4()) for _ in range(12)]


async def warm(net: Network, client: httpx.AsyncClient) -> None:
    """Signs in, so that the views that are asked for next come at the same moment."""
    net.admit("educator")
    await client.get(f"/v1/views/students/{uuid4()}")
    net.asked.clear()


async def test_those_who_ask_at_the_same_time_are_asked_for_as_one_and_get_each_their_own() -> (
    None
):
    async with network() as (net, client):
        known(net, *CHILDREN)
        await warm(net, client)
        net.answers["students"][f"/internal/students/{CHILDREN[0]}/picture"].seconds = 0.1
        answers = await views(client, *CHILDREN)
        asked = await bodies(net, "/internal/pictures")
    assert sum(len(each["items"]) for each in asked) == len(CHILDREN)
    assert len(asked) <= 2
    assert all(len(each["callers"]) == 1 for each in asked)
    assert {request.path for _, request in net.asked} == set(MANY)
    for child, answer in zip(CHILDREN, answers, strict=True):
        told = answer.json()
        assert (told["student"], told["resources"]["of"], told["measures"]["of"]) == (
            {"id": child}, child, child,
        )  # fmt: skip


async def test_each_item_brings_its_own_caller_and_its_own_trace() -> None:
    traces = [f"00-{n}af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" for n in range(2)]
    async with network() as (net, client):
        known(net, *CHILDREN)
        await warm(net, client)
        membership = {"membership_id": str(uuid4()), "account_id": str(uuid4())}
        others = httpx.AsyncClient(transport=client._transport, base_url=client.base_url)
        others.headers["Authorization"] = f"Bearer {token('another')}"
        net.set("partners", "/internal/memberships", [membership | {"role": "guardian"}])
        await others.get(f"/v1/views/students/{CHILDREN[0]}")
        net.asked.clear()
        await asyncio.gather(
            client.get(f"/v1/views/students/{CHILDREN[0]}", headers={"traceparent": traces[0]}),
            others.get(f"/v1/views/students/{CHILDREN[1]}", headers={"traceparent": traces[1]}),
        )
        asked = await bodies(net, "/internal/pictures")
    items = {
        item["student_id"]: (PRINCIPALS.principal(f"Bearer {each['callers'][item['caller']]}"),
                             item["traceparent"])
        for each in asked for item in each["items"]
    }  # fmt: skip
    assert [items[child][0].role for child in CHILDREN[:2]] == [Role.EDUCATOR, Role.GUARDIAN]
    assert [items[child][1].split("-")[1] for child in CHILDREN[:2]] == [
        trace.split("-")[1] for trace in traces
    ]


async def test_hidden_withheld_and_down_are_told_of_each_child_alone() -> None:
    hidden, silent, seen = CHILDREN[:3]
    async with network() as (net, client):
        known(net, seen)
        known(net, silent, withheld={Category.MEASURES.value: "No consent."})
        await warm(net, client)
        net.set("resources", f"/internal/students/{silent}/assignments",
                problem(403, "grant-refused", "Not yours."), status=403)  # fmt: skip
        answers = [answer.json() for answer in await views(client, hidden, silent, seen)]
    assert answers[0]["status"] == 404
    assert answers[1]["withheld"] == {"measures": "No consent.", "resources": "Not yours."}
    assert (answers[1]["resources"], answers[1]["measures"]) == (None, None)
    assert (answers[2]["withheld"], answers[2]["unavailable"]) == ({}, {})
    assert (answers[2]["resources"], answers[2]["measures"]) == ({"of": seen}, {"of": seen})


async def test_a_service_that_is_down_is_named_in_every_view_and_refuses_none() -> None:
    async with network() as (net, client):
        known(net, *CHILDREN)
        await warm(net, client)
        net.set("outcomes", f"/internal/students/{CHILDREN[0]}/measures", raw=b"<html>")
        answers = [answer.json() for answer in await views(client, *CHILDREN)]
    down = [list(answer["unavailable"]) for answer in answers]
    assert {answer["resources"]["of"] for answer in answers} == set(CHILDREN)
    assert down == [["measures"]] * len(CHILDREN)


@promise(
    "Access and privacy",
    "Whoever is asked for together with others is told what they would be told alone.",
)
@pytest.mark.parametrize(
    "failing",
    [problem(503, "record-unwritable"), problem(500, "unforeseen")],
    ids=["log", "fault"],
)
async def test_an_item_that_cannot_be_answered_refuses_no_other(failing: dict[str, Any]) -> None:
    bad, *others = CHILDREN
    async with network() as (net, client):
        known(net, *others)
        await warm(net, client)
        status = failing["status"]
        net.set("students", f"/internal/students/{bad}/picture", failing, status=status)
        refused, *answers = await views(client, *CHILDREN)
        apart = [
            each for each in await bodies(net, "/internal/pictures") if len(each["items"]) == 1
        ]
    assert (refused.status_code, refused.json()["code"]) == (503, "service-away")
    assert [answer.json()["student"]["id"] for answer in answers] == others
    assert len(apart) == len(CHILDREN)


@pytest.mark.parametrize(
    "away",
    [problem(503, "database-away"), problem(401, "principal-refused"), problem(422, "malformed")],
    ids=lambda away: str(away["code"]),
)
async def test_a_question_that_is_refused_as_a_whole_is_away_for_all_and_not_asked_again(
    away: dict[str, Any],
) -> None:
    async with network() as (net, client):
        await warm(net, client)
        for child in CHILDREN:
            net.set("students", f"/internal/students/{child}/picture",
                    raw=json.dumps(away).encode(), status=away["status"])  # fmt: skip
        answers = await views(client, *CHILDREN)
        asked = await bodies(net, "/internal/pictures")
    assert [answer.json()["code"] for answer in answers] == ["service-away"] * len(CHILDREN)
    assert sum(len(each["items"]) for each in asked) == len(CHILDREN)


async def test_an_answer_with_a_part_too_few_is_no_answer() -> None:
    head = json.dumps({"answers": [[200, 2]], "withheld": {}, "grants": "g"}).encode()
    async with network() as (net, client):
        await warm(net, client)
        for child in CHILDREN[:3]:
            net.set("students", f"/internal/students/{child}/picture", raw=head + b"\n{}")
        answers = await views(client, *CHILDREN[:3])
    assert [answer.json()["code"] for answer in answers] == ["service-away"] * 3
