"""A list, page by page: every row once, in order; a cursor works where it was made."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.security.principal import Role
from tests.houses import principal
from tests.promised import promise
from tests.shared.things import Things

READER = principal(Role.ANALYST)
SLOW = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def walk(http: httpx.AsyncClient, address: str, limit: int) -> list[list[dict[str, Any]]]:
    """The pages, by following the Link header."""
    pages = []
    following: str | None = f"{address}{'&' if '?' in address else '?'}limit={limit}"
    while following:
        answer = await http.get(following)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json()["items"])
        assert bool(answer.json()["next"]) == ("link" in answer.headers)
        following = answer.links.get("next", {}).get("url")
    return pages


@promise("Requests", "Walking the pages gives every row once and in order.")
@SLOW
@given(st.lists(st.integers(-3, 3), max_size=25), st.integers(1, 9))
@example([1] * 9, 3)
async def test_following_the_pages_gives_every_row_once_and_in_order(
    things: Things, sizes: list[int], limit: int
) -> None:
    await things.empty()
    await things.rows(
        "insert into thing (id, version, name, size, created_at, updated_at)"
        " select gen_random_uuid(), 1, gen_random_uuid()::text, s, now() + make_interval(secs =>"
        " n * 0.000001), now() from unnest(cast(:sizes as int[])) with ordinality u(s, n)"
        " returning id",
        sizes=sizes,
    )
    async with things.calling(READER) as http:
        pages = await walk(http, "/v1/things", limit)
        newest = await walk(http, "/v1/things/newest", limit)
        some = await walk(http, "/v1/things?size=1", limit)

    everything = [item for page in pages for item in page]
    assert [(i["size"], i["id"]) for i in everything] == sorted(
        (i["size"], i["id"]) for i in everything
    )
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert len(everything) == len({item["id"] for item in everything}) == len(sizes)
    by_age = await things.rows("select id from thing order by created_at desc, id desc")
    assert [i["id"] for page in newest for i in page] == [str(row["id"]) for row in by_age]
    assert sum(len(page) for page in some) == sizes.count(1)


async def cursor(things: Things, address: str = "/v1/things?limit=1") -> str:
    await things.make(1, 2, 3)
    async with things.calling(READER) as http:
        made: str = (await http.get(address)).json()["next"]
        return made


async def refused(things: Things, cursor: str, address: str = "/v1/things", **how: Any) -> bool:
    async with things.calling(how.get("caller", READER)) as http:
        url = httpx.URL(address)
        answer = await http.get(url.copy_merge_params({"cursor": cursor}))
    assert answer.status_code in {200, 400}, answer.text
    if answer.status_code == 200:
        return False
    return bool(answer.json()["code"] in {"cursor-foreign", "parameter-malformed"})


@promise(
    "Requests",
    "A cursor works for the caller, list and filters it was made for, and nowhere else.",
)
async def test_a_cursor_of_another_caller_list_or_filter_is_refused(things: Things) -> None:
    mine = await cursor(things)
    assert not await refused(things, mine)
    assert await refused(things, mine, caller=principal(Role.ANALYST))
    assert await refused(things, mine, "/v1/things/newest")
    assert await refused(things, mine, "/v1/things?size=1")


@promise("Access and privacy", "A cursor in an address cannot be read.")
async def test_a_cursor_holds_nothing_that_can_be_read(things: Things) -> None:
    mine = await cursor(things)
    [first] = await things.rows("select id, size from thing order by size, id limit 1")
    raw = urlsafe_b64decode(mine + "==")
    assert str(first["id"]).encode() not in raw
    assert first["id"].bytes not in raw


async def test_a_cursor_works_with_another_limit(things: Things) -> None:
    mine = await cursor(things)
    async with things.calling(READER) as http:
        answer = await http.get("/v1/things", params={"cursor": mine, "limit": 2})
    assert [item["size"] for item in answer.json()["items"]] == [2, 3]


async def test_a_cursor_that_is_forged_or_cut_is_refused(things: Things) -> None:
    mine = await cursor(things)
    raw = urlsafe_b64decode(mine + "==")
    forged = [
        urlsafe_b64encode(raw[:16] + b'[0,"' + str(uuid4()).encode() + b'"]').decode(),
        urlsafe_b64encode(b"\0" * 16 + raw[16:]).decode(),
        urlsafe_b64encode(raw[16:]).decode(),
        *(mine[:length] for length in range(len(mine))),
        "ä", "\0", "=", "x" * 2001, "null", "' or 1=1 --", "../..",
    ]  # fmt: skip
    assert [cut for cut in forged if not await refused(things, cut)] == []


@SLOW
@given(st.data())
async def test_a_cursor_with_any_character_changed_is_refused(
    things: Things, data: st.DataObject
) -> None:
    await things.empty()
    mine = await cursor(things)
    place = data.draw(st.integers(0, len(mine) - 2))
    other = data.draw(st.sampled_from("ABCabc019-_").filter(lambda c: c != mine[place]))
    assert await refused(things, mine[:place] + other + mine[place + 1 :])


@pytest.mark.parametrize("limit", ["-1", "0", "201", "1e3", "", "x", "9" * 30, "1.5", "٣", "\0"])
async def test_a_limit_that_makes_no_sense_is_refused(things: Things, limit: str) -> None:
    async with things.calling(READER) as http:
        answer = await http.get("/v1/things", params={"limit": limit})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "parameter-malformed")
    assert problem["errors"][0]["field"] == "query.limit"
