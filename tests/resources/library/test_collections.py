"""Collections over HTTP, on a real database."""

from typing import Any
from uuid import uuid4

from shared.contracts.resources.collection import CollectionChanged, CollectionMade
from shared.security.principal import Role
from tests.houses import House, principal
from tests.resources.describing import LIBRARIAN, NOBODY, OTHER_LIBRARIAN, TEACHER, names, publish


async def make(house: House, caller: Any = TEACHER, **said: Any) -> dict[str, Any]:
    async with house.calling(caller) as http:
        made = await http.post("/v1/collections", json={"title": "Fractions unit", **said})
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def read(house: House, caller: Any, collection_id: str) -> Any:
    async with house.calling(caller) as http:
        return await http.get(f"/v1/collections/{collection_id}")


async def test_a_collection_keeps_its_resources_in_the_chosen_order(resources: House) -> None:
    ids = [(await publish(resources, name=f"Lesson {n}"))["id"] for n in range(3)]
    chosen = [ids[2], ids[0], ids[1]]
    made = await make(resources, resource_ids=chosen, shared=True)
    shown = (await read(resources, NOBODY, made["id"])).json()

    assert [each["id"] for each in shown["resources"]] == chosen
    assert (shown["resources_count"], shown["status"]) == (3, "shared")
    [event] = await resources.events(CollectionMade)
    assert event["data"]["resource_ids"] == chosen


async def test_a_private_collection_is_hidden_from_others_in_lists_too(resources: House) -> None:
    made = await make(resources)
    colleague = principal(Role.EDUCATOR, partner_id=TEACHER.partner_id)
    for caller, status in ((TEACHER, 200), (colleague, 200), (NOBODY, 404), (LIBRARIAN, 404)):
        assert (await read(resources, caller, made["id"])).status_code == status
        async with resources.calling(caller) as http:
            listed = (await http.get("/v1/collections")).json()["items"]
        assert len(listed) == (status == 200)


async def test_a_shared_collection_leaves_out_resources_that_the_reader_may_not_see(
    resources: House,
) -> None:
    draft = await publish(resources, caller=TEACHER, name="Draft", status="private")
    lesson = await publish(resources, name="Lesson")
    made = await make(resources, resource_ids=[draft["id"], lesson["id"]], shared=True)
    own = (await read(resources, TEACHER, made["id"])).json()
    others = (await read(resources, NOBODY, made["id"])).json()
    assert names({"items": own["resources"]}) == ["Draft", "Lesson"]
    assert names({"items": others["resources"]}) == ["Lesson"]


async def test_a_collection_holds_each_resource_once_and_only_those_its_maker_sees(
    resources: House,
) -> None:
    hidden = await publish(resources, caller=OTHER_LIBRARIAN, status="private")
    lesson = await publish(resources, name="Lesson")
    async with resources.calling(TEACHER) as http:
        for ids, field, code in (
            ([lesson["id"], hidden["id"]], "body.resource_ids.1", "resource-unknown"),
            ([str(uuid4())], "body.resource_ids.0", "resource-unknown"),
            ([lesson["id"]] * 2, "body.resource_ids.1", "resource-repeated"),
        ):
            refused = await http.post(
                "/v1/collections", json={"title": "Unit", "resource_ids": ids}
            )
            assert (refused.status_code, refused.json()["code"]) == (422, code)
            assert refused.json()["errors"][0]["field"] == field
    assert await resources.events(CollectionMade) == []


async def test_a_collection_is_changed_as_a_whole_and_withdrawn(resources: House) -> None:
    ids = [(await publish(resources, name=f"Lesson {n}"))["id"] for n in range(2)]
    made = await make(resources, resource_ids=ids, shared=True)
    address = f"/v1/collections/{made['id']}"
    wanted = {"title": "Unit", "resource_ids": ids[::-1], "shared": True}
    async with resources.calling(OTHER_LIBRARIAN) as http:
        foreign = await http.put(address, json=wanted, headers={"If-Match": '"1"'})
    async with resources.calling(TEACHER) as http:
        stale = await http.put(address, json=wanted, headers={"If-Match": '"3"'})
        right = await http.put(address, json=wanted, headers={"If-Match": '"1"'})
        shown = (await http.get(address)).json()
        gone = await http.post(f"{address}/withdrawal", headers={"If-Match": '"2"'})
        again = await http.post(f"{address}/withdrawal", headers={"If-Match": '"3"'})

    assert [a.status_code for a in (foreign, stale, right, gone, again)] == [
        403, 412, 200, 201, 409,
    ]  # fmt: skip
    assert [each["id"] for each in shown["resources"]] == ids[::-1]
    assert (await read(resources, NOBODY, made["id"])).status_code == 404
    events = await resources.events(CollectionChanged)
    assert [e["data"]["status"] for e in events] == ["shared", "withdrawn"]
