"""A list for all keeps what it wrote of a row's text, and answers with what the database holds now."""

from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from shared.http.list_for_all import KEPT_ROWS
from shared.http.paging import Page
from shared.persistence.queries import many
from shared.security.principal import Role
from tests.houses import principal
from tests.shared.things import ALL, THINGS, Thing, Things

READER = principal(Role.ANALYST)
PAGE = TypeAdapter(Page[Thing])


async def listed(things: Things, query: str = "") -> bytes:
    async with things.calling(READER) as http:
        answer = await http.get(f"/v1/things{query}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json"
        return answer.content


async def test_a_row_that_changed_is_answered_as_it_is_now_and_a_deleted_one_not_at_all(
    things: Things,
) -> None:
    await things.make(1, 2)
    before = PAGE.validate_json(await listed(things))
    await things.rows("update thing set size = 7, version = 9 where size = 1 returning id")
    after = PAGE.validate_json(await listed(things))
    assert [each.size for each in before.items] == [1, 2]
    assert [(each.size, each.version) for each in after.items][1] == (7, 9)
    await things.rows("delete from thing where size = 7 returning id")
    assert [each.size for each in PAGE.validate_json(await listed(things)).items] == [2]


async def test_an_answer_is_byte_for_byte_as_pydantic_writes_the_same_page(things: Things) -> None:
    await things.make(3, 1, 2)
    async with things.database.reading() as reader:
        rows = await many(reader, ALL, Thing)
    whole = Page[Thing](items=sorted(rows, key=lambda each: each.size))
    for _ in range(2):  # the second time of the texts that were kept
        assert await listed(things) == PAGE.dump_json(whole)
    first = PAGE.validate_json(await listed(things, "?limit=2"))
    assert first.items == whole.items[:2]
    assert PAGE.dump_json(first) == await listed(things, "?limit=2")


async def test_a_filter_that_is_left_out_or_empty_chooses_nothing_and_zero_is_a_choice(
    things: Things,
) -> None:
    await things.make(0, 5)
    sizes: dict[str, list[int]] = {}
    for query in ("", "?size=0", "?size=5", "?size=6"):
        found = PAGE.validate_json(await listed(things, query))
        sizes[query] = [each.size for each in found.items]
    assert sizes == {"": [0, 5], "?size=0": [0], "?size=5": [5], "?size=6": []}


def test_a_list_keeps_a_bounded_number_of_rows() -> None:
    item: Any = THINGS._item
    for number in range(KEPT_ROWS + 10):
        item(Thing(id=UUID(int=number), version=1, name="a", size=number).model_dump_json())
    assert item.cache_info().currsize == KEPT_ROWS
