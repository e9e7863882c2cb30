"""A POST with a key is done once."""

import asyncio
from uuid import uuid4

import httpx
import pytest

from shared.security.principal import Role
from tests.houses import principal
from tests.promised import promise
from tests.shared.things import Things

KEEPER = principal(Role.BACKBONE)
KEY = {"Idempotency-Key": "once"}
KEPT = "select key, status from idempotency"


@promise(
    "Requests",
    "A POST with a key is carried out once, also when several arrive at the same time.",
)
async def test_simultaneous_requests_under_one_key_have_one_effect(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        answers = await asyncio.gather(*(
            http.post("/v1/things", json={"name": "a"}, headers=KEY) for _ in range(5)
        ))  # fmt: skip
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert [a.headers["etag"] for a in answers] == ['"1"'] * 5
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 4
    assert len(await things.events()) == 1


@promise("Requests", "A refused POST may be tried again under its key.")
async def test_a_refused_request_may_be_tried_again_under_its_key(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        refused = await http.post("/v1/things", json={"name": "a", "size": 13}, headers=KEY)
        assert refused.status_code == 409
        assert await things.rows(KEPT) == []
        made = await http.post("/v1/things", json={"name": "a", "size": 1}, headers=KEY)
    assert made.status_code == 201


async def test_another_request_under_a_used_key_is_refused(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        await http.post("/v1/things", json={"name": "a"}, headers=KEY)
        body = await http.post("/v1/things", json={"name": "b"}, headers=KEY)
        query = await http.post("/v1/things?x=1", json={"name": "a"}, headers=KEY)
        path = await http.post("/v1/things/slow", json={"name": "a"}, headers=KEY)
    for answer in (body, query, path):
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert len(await things.events()) == 1


def form(boundary: str, *contents: str) -> tuple[bytes, dict[str, str]]:
    part = '--{}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n{}\r\n'
    body = "".join(part.format(boundary, content) for content in contents) + f"--{boundary}--\r\n"
    return body.encode(), KEY | {"Content-Type": f"multipart/form-data; boundary={boundary}"}


@promise(
    "Requests",
    "An upload with a key is carried out once, whatever boundary its client draws.",
)
async def test_a_file_sent_again_is_the_same_whatever_boundary_its_client_drew(
    things: Things,
) -> None:
    async def send(boundary: str, *contents: str) -> httpx.Response:
        body, headers = form(boundary, *contents)
        async with things.calling(KEEPER) as http:
            return await http.post("/v1/imports/things", content=body, headers=headers)

    first = await send("one", "a,b\r\n--two\r\n1,2")
    assert first.status_code == 202
    again = await send("another", "a,b\r\n--two\r\n1,2")
    assert again.status_code == 202
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content
    for other in (("one", "a,b\r\n--two\r\n1,3"), ("one", "a,b\r\n--two\r\n1,2", "more")):
        refused = await send(*other)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency-key-reused")


async def test_two_callers_may_use_the_same_key(things: Things) -> None:
    for n, caller in enumerate((KEEPER, principal(Role.BACKBONE))):
        async with things.calling(caller) as http:
            made = await http.post("/v1/things", json={"name": f"a{n}"}, headers=KEY)
        assert made.status_code == 201
    assert len(await things.events()) == 2


async def test_an_answer_is_repeated_only_under_the_membership_that_got_it(
    things: Things,
) -> None:
    account = KEEPER.account_id
    async with things.calling(KEEPER) as http:
        await http.post("/v1/things", json={"name": "a"}, headers=KEY)
    for other in (
        principal(Role.BACKBONE, account_id=account, membership_id=uuid4()),
        principal(Role.OPERATOR, account_id=account),
    ):
        async with things.calling(other) as http:
            answer = await http.post("/v1/things", json={"name": "a"}, headers=KEY)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


async def test_an_agreement_closed_meanwhile_does_not_make_it_another_request(
    things: Things,
) -> None:
    async with things.calling(KEEPER) as http:
        first = await http.post("/v1/things", json={"name": "a"}, headers=KEY)
    later = KEEPER.model_copy(update={"closed_agreements": frozenset({uuid4(), uuid4()})})
    async with things.calling(later) as http:
        again = await http.post("/v1/things", json={"name": "a"}, headers=KEY)
    assert (again.status_code, again.content) == (201, first.content)


async def test_the_answer_is_kept_only_with_the_work(things: Things) -> None:
    """A commit that fails keeps neither."""
    async with things.calling(KEEPER) as http:
        await http.post("/v1/things", json={"name": "taken"})
        again = await http.post("/v1/things", json={"name": "taken"}, headers=KEY)
    assert again.status_code == 409
    assert await things.rows(KEPT) == []


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a b", "é", "a\tb"])
async def test_an_unreadable_key_is_refused(things: Things, key: str) -> None:
    async with things.calling(KEEPER) as http:
        answer = await http.post(
            "/v1/things", json={"name": "a"}, headers=[(b"Idempotency-Key", key.encode())]
        )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-unreadable")
    assert await things.events() == []


async def test_a_key_gives_no_permission(things: Things) -> None:
    async with things.calling(principal(Role.ANALYST)) as http:
        answer = await http.post(
            "/v1/things", json={"name": "a"}, headers={"Idempotency-Key": str(uuid4())}
        )
    assert answer.status_code == 403
    assert await things.rows(KEPT) == []


async def test_a_body_over_the_limit_is_refused_with_a_key_as_without(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        for headers in ({}, KEY):
            answer = await http.post(
                "/v1/things", json={"name": "a", "parts": ["x" * 1_000_000]}, headers=headers
            )
            assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert await things.rows(KEPT) == []
