"""Several at once: nothing is lost, counted twice, or waits for each other for ever."""

import asyncio
from uuid import uuid4

import httpx

from shared.security.principal import Role
from tests.houses import House, grant_for, principal
from tests.resources.describing import (
    LIBRARIAN,
    TEACHER,
    as_json,
    counts,
    described,
    draft,
    publish,
    search,
)

AT_ONCE = 12


async def test_resources_published_at_once_are_all_counted(resources: House) -> None:
    subjects = [["Mathematics", "Science"], ["Science", "Mathematics"], ["Science"]]
    async with resources.calling(LIBRARIAN) as http:
        made = await asyncio.gather(
            *(
                http.post("/v1/resources", json=draft(f"Lesson {n}", about=subjects[n % 3]))
                for n in range(AT_ONCE)
            )
        )
    assert {answer.status_code for answer in made} == {201}
    found = await search(resources)
    assert (found["total"], counts(found, "subject")) == (12, {"Science": 12, "Mathematics": 8})


async def test_one_of_two_callers_who_publish_one_address_at_once_is_refused(
    resources: House,
) -> None:
    async with resources.calling(LIBRARIAN) as http:
        made = await asyncio.gather(
            *(http.post("/v1/resources", json=draft()) for _ in range(AT_ONCE))
        )
    assert sorted(answer.status_code for answer in made) == [201] + [409] * (AT_ONCE - 1)
    assert (await search(resources))["total"] == 1


async def test_an_import_and_changes_of_the_same_resources_both_end(resources: House) -> None:
    documents = [described(n, inLanguage=["en"]) for n in range(60)]
    await resources.import_file("learning-resources", as_json(documents), LIBRARIAN)
    found = (await search(resources, limit=30))["items"]
    changed = [described(n, inLanguage=["es"]) for n in range(60)]

    async def change(http: httpx.AsyncClient, item: dict[str, str]) -> int:
        return (
            await http.put(
                f"/v1/resources/{item['id']}",
                json=draft(item["name"], url=item["url"], in_language=["fr"]),
                headers={"If-Match": '"1"'},
            )
        ).status_code

    async with resources.calling(LIBRARIAN) as http:
        job, *statuses = await asyncio.gather(
            resources.import_file("learning-resources", as_json(changed), LIBRARIAN),
            *(change(http, item) for item in found),
        )
    assert isinstance(job, dict)
    assert job["state"] == "done"
    assert set(statuses) <= {200, 412}
    told = counts(await search(resources), "language")
    rows = await resources.rows(
        "select in_language[1] as language, count(*)::int as n from resource group by 1"
    )
    assert told == {row["language"]: row["n"] for row in rows}


async def test_each_child_of_a_class_that_finishes_at_once_is_counted(resources: House) -> None:
    resource, class_id = await publish(resources), uuid4()
    async with resources.calling(TEACHER) as http:
        body = {"resource_id": resource["id"], "class_id": str(class_id)}
        made = (await http.post("/v1/assignments", json=body)).json()

    async def finish() -> int:
        child = principal(Role.STUDENT, person_id=uuid4())
        assert child.person_id is not None
        grant = grant_for(child, child.person_id, class_ids=(class_id,))
        async with resources.calling(child) as http:
            path = f"/v1/assignments/{made['id']}/completions"
            return (await http.post(path, json={}, headers={"Grant": grant})).status_code

    assert set(await asyncio.gather(*(finish() for _ in range(AT_ONCE)))) == {201}
    async with resources.calling(TEACHER) as http:
        shown = (await http.get(f"/v1/assignments/{made['id']}")).json()
    assert (shown["finished_count"], shown["version"]) == (AT_ONCE, AT_ONCE + 1)
