"""A resource's version is its ETag."""

import asyncio
from uuid import uuid4

import pytest

from shared.security.principal import NOBODY, Role
from tests.houses import principal
from tests.promised import promise
from tests.shared.things import Things

KEEPER = principal(Role.BACKBONE)


async def test_a_version_that_the_client_has_already_is_not_sent_again(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        made = await http.post("/v1/things", json={"name": "a"})
        address = f"/v1/things/{made.json()['id']}"
        for known in ('"1"', 'W/"1"', '"0", "1"', "*"):
            again = await http.get(address, headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b""), known
            assert again.headers["etag"] == '"1"'
        for other in ('"2"', '"11"', "1", ""):
            anew = await http.get(address, headers={"If-None-Match": other})
            assert anew.status_code == 200, other


@promise("Requests", "Of two changes to one version only one is made.")
async def test_only_one_of_two_changes_to_one_version_is_made(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        made = (await http.post("/v1/things", json={"name": "a"})).json()
        answers = await asyncio.gather(*(
            http.patch(f"/v1/things/{made['id']}", json={"name": f"{n}"},
                       headers={"If-Match": '"1"'})
            for n in range(5)
        ))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    assert len(await things.events()) == 2


@pytest.mark.parametrize(
    ("etag", "status", "code"),
    [
        (None, 428, "if-match-missing"),
        ('"7"', 412, "version-stale"),
        ("*", 400, "if-match-unreadable"),
        ("1", 400, "if-match-unreadable"),
        ('"1", "2"', 400, "if-match-unreadable"),
        ('W/"1"', 400, "if-match-unreadable"),
        ('"-1"', 400, "if-match-unreadable"),
        ('"99999999999"', 400, "if-match-unreadable"),
        ("", 400, "if-match-unreadable"),
    ],
)
async def test_a_change_must_name_the_version_that_it_changes(
    things: Things, etag: str | None, status: int, code: str
) -> None:
    async with things.calling(KEEPER) as http:
        made = (await http.post("/v1/things", json={"name": "a"})).json()
        answer = await http.patch(
            f"/v1/things/{made['id']}", json={"name": "b"},
            headers={} if etag is None else {"If-Match": etag},
        )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(await things.events()) == 1


async def test_a_missing_resource_is_unknown_whatever_version_the_client_names(
    things: Things,
) -> None:
    async with things.calling(KEEPER) as http:
        answer = await http.patch(
            f"/v1/things/{uuid4()}", json={"name": "b"}, headers={"If-Match": '"1"'}
        )
    assert (answer.status_code, answer.json()["code"]) == (404, "thing-unknown")


async def test_a_caller_not_signed_in_gets_401_before_any_refusal_about_versions(
    things: Things,
) -> None:
    async with things.calling(NOBODY) as http:
        for headers in ({}, {"If-Match": "x"}, {"If-Match": '"1"'}):
            answer = await http.patch(f"/v1/things/{uuid4()}", json={"name": "a"}, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-required")
