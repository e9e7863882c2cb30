"""Resources over HTTP, on a real database."""

from uuid import uuid4

import pytest

from shared.contracts.resources.resource import (
    ResourceChanged,
    ResourcePublished,
    ResourceWithdrawn,
)
from shared.security.principal import Principal, Role
from tests.houses import House, principal
from tests.resources.describing import (
    BACKBONE,
    LIBRARIAN,
    NOBODY,
    OPERATOR,
    OTHER_LIBRARIAN,
    TEACHER,
    draft,
    names,
    publish,
    search,
)


async def test_everybody_can_read_a_published_resource_and_it_is_announced(
    resources: House,
) -> None:
    made = await publish(
        resources,
        about=["Mathematics"],
        typical_age_min=8,
        typical_age_max=10,
        license_url="https://creativecommons.org/licenses/by-sa/4.0/",
    )
    async with resources.calling(NOBODY) as http:
        read = await http.get(f"/v1/resources/{made['id']}")

    assert read.json() == made | {"partner_name": None}
    assert read.headers["etag"] == '"1"'
    assert (read.json()["grades"], read.json()["license"]) == (["03", "04"], "CC-BY-SA-4.0")
    [event] = await resources.events(ResourcePublished)
    assert event["data"]["resource_id"] == made["id"]
    assert (event["data"]["title"], event["data"]["status"]) == (made["name"], "shared")


async def test_a_private_resource_is_hidden_from_all_but_its_owner_and_its_partners_staff(
    resources: House,
) -> None:
    made = await publish(resources, caller=TEACHER, status="private")
    colleague = principal(Role.EDUCATOR, partner_id=TEACHER.partner_id)
    child = principal(Role.STUDENT, partner_id=TEACHER.partner_id, person_id=uuid4())

    async def asked(caller: Principal) -> tuple[int, str]:
        async with resources.calling(caller) as http:
            read = await http.get(f"/v1/resources/{made['id']}")
            return read.status_code, read.json().get("code", "")

    async with resources.calling(NOBODY) as http:
        absent = await http.get(f"/v1/resources/{uuid4()}")
    hidden = (404, "resource-unknown")
    assert (absent.status_code, absent.json()["code"]) == hidden
    for caller in (NOBODY, OTHER_LIBRARIAN, BACKBONE, child):
        assert await asked(caller) == hidden
    for caller in (TEACHER, colleague, OPERATOR):
        assert await asked(caller) == (200, "")
    assert names(await search(resources, caller=TEACHER)) == []


async def test_a_change_replaces_the_whole_description_of_a_resource(resources: House) -> None:
    made = await publish(resources, about=["Mathematics"], keywords=["number"])
    address = f"/v1/resources/{made['id']}"
    async with resources.calling(LIBRARIAN) as http:
        stale = await http.put(address, json=draft(), headers={"If-Match": '"9"'})
        unsaid = await http.put(address, json=draft())
        changed = await http.put(
            address, json=draft(about=["Science"]), headers={"If-Match": '"1"'}
        )

    assert [stale.status_code, unsaid.status_code] == [412, 428]
    assert (changed.json()["about"], changed.json()["keywords"]) == (["Science"], [])
    assert changed.json()["version"] == 2
    assert len(await resources.events(ResourceChanged)) == 1
    assert names(await search(resources, subject="Mathematics")) == []
    assert names(await search(resources, subject="Science")) == [made["name"]]


async def test_only_its_owner_its_partner_and_the_operator_change_a_resource(
    resources: House,
) -> None:
    made = await publish(resources, caller=TEACHER)
    administrator = principal(Role.PARTNER_ADMIN, partner_id=TEACHER.partner_id)
    of_the_backbone = principal(Role.BACKBONE, partner_id=TEACHER.partner_id)
    colleague = principal(Role.EDUCATOR, partner_id=TEACHER.partner_id)
    version = 1
    for caller, allowed in (
        (OTHER_LIBRARIAN, False), (colleague, False), (TEACHER, True), (administrator, True),
        (BACKBONE, False), (of_the_backbone, True), (OPERATOR, True),
    ):  # fmt: skip
        async with resources.calling(caller) as http:
            changed = await http.put(
                f"/v1/resources/{made['id']}",
                json=draft(),
                headers={"If-Match": f'"{version}"'},
            )
        assert changed.status_code == (200 if allowed else 403), changed.text
        version += allowed


async def test_a_withdrawn_resource_is_no_longer_found_and_comes_back_by_a_change(
    resources: House,
) -> None:
    made = await publish(resources)
    address = f"/v1/resources/{made['id']}"
    async with resources.calling(LIBRARIAN) as http:
        gone = await http.post(f"{address}/withdrawal", headers={"If-Match": '"1"'})
        again = await http.post(f"{address}/withdrawal", headers={"If-Match": '"2"'})
        found = names(await search(resources))
        own = await http.get("/v1/resources/own")
        back = await http.put(address, json=draft(), headers={"If-Match": '"2"'})

    assert (gone.status_code, gone.json()["status"], found) == (201, "withdrawn", [])
    assert (again.status_code, again.json()["code"]) == (409, "already-withdrawn")
    assert [item["status"] for item in own.json()["items"]] == ["withdrawn"]
    assert back.json()["status"] == "shared"
    assert names(await search(resources)) == [made["name"]]
    [event] = await resources.events(ResourceWithdrawn)
    assert event["data"]["reason"] == "owner"


async def test_a_partner_has_one_resource_at_one_address(resources: House) -> None:
    await publish(resources)
    async with resources.calling(LIBRARIAN) as http:
        twice = await http.post("/v1/resources", json=draft())
    assert (twice.status_code, twice.json()["code"]) == (409, "resource-url-taken")
    await publish(resources, caller=OTHER_LIBRARIAN)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"url": "javascript:alert(1)"}, "string_pattern_mismatch"),
        ({"url": "not an address"}, "string_pattern_mismatch"),
        ({"name": ""}, "string_too_short"),
        ({"grades": ["14"]}, "enum"),
        ({"audience": ["everyone"]}, "enum"),
        ({"typical_age_min": -1}, "greater_than_equal"),
        ({"time_required_minutes": 10**30}, "less_than_equal"),
        ({"description": "x" * 20_000}, "string_too_long"),
        ({"licence": "CC0"}, "extra_forbidden"),
        ({"status": "suspended"}, "literal_error"),
    ],
)
async def test_a_faulty_description_is_refused_with_the_field(
    resources: House, terms: dict[str, object], code: str
) -> None:
    async with resources.calling(LIBRARIAN) as http:
        refused = await http.post("/v1/resources", json={**draft(), **terms})
    assert (refused.status_code, refused.json()["code"]) == (422, "body-malformed")
    [error] = refused.json()["errors"]
    assert (error["field"].split(".")[1], error["code"]) == (next(iter(terms)), code)
    assert await resources.events() == []


@pytest.mark.parametrize(
    "terms",
    [
        {"typical_age_min": 10, "typical_age_max": 8},
        {"name": "a\x00b"},
        {"keywords": ["\x00"]},
        {"about": ["\ud800"]},
    ],
)
async def test_a_description_that_no_library_can_hold_is_malformed(
    resources: House, terms: dict[str, object]
) -> None:
    body = str(terms).encode("utf-8", "replace") if "about" in terms else None
    async with resources.calling(LIBRARIAN) as http:
        if body is not None:
            text = '{"name": "x", "url": "https://x.example", "about": ["\\ud800"]}'
            refused = await http.post(
                "/v1/resources", content=text, headers={"Content-Type": "application/json"}
            )
        else:
            refused = await http.post("/v1/resources", json={**draft(), **terms})
    assert refused.status_code == 422, refused.text
    assert await resources.events() == []


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.GUARDIAN, Role.STUDENT, Role.ANALYST])
async def test_a_caller_who_is_no_librarian_publishes_nothing(
    resources: House, role: Role
) -> None:
    async with resources.calling(principal(role)) as http:
        refused = await http.post("/v1/resources", json=draft())
    assert refused.status_code == (401 if role is Role.PUBLIC else 403)


async def test_a_partners_resources_are_counted_and_the_newest_shown(resources: House) -> None:
    for number in range(7):
        await publish(resources, name=f"Resource {number}")
    await publish(resources, name="Draft", status="private")
    await publish(resources, caller=OTHER_LIBRARIAN)
    async with resources.calling(principal(Role.GATEWAY)) as http:
        told = (await http.get(f"/internal/partners/{LIBRARIAN.partner_id}/resources")).json()
    assert told["count"] == 7
    assert names({"items": told["newest"]}) == [f"Resource {n}" for n in (6, 5, 4, 3, 2)]
