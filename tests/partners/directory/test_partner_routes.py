"""Partners over HTTP, on a real database."""

from uuid import uuid4

from shared.contracts.partners.partner import PartnerRegistered
from shared.security.principal import Role
from tests.houses import House, principal

OPERATOR = principal(Role.OPERATOR)
TUTORS = {"name": "Riverside Tutors", "kind": "community_organization"}


async def test_a_registered_partner_can_be_read_and_is_announced(partners: House) -> None:
    async with partners.calling(OPERATOR) as http:
        made = await http.post("/v1/partners", json=TUTORS)
        read = await http.get(f"/v1/partners/{made.json()['id']}")

    assert made.status_code == 201, made.text
    assert read.json() == made.json()
    assert read.headers["etag"] == '"1"'
    [event] = await partners.events(PartnerRegistered)
    assert event["data"]["partner_id"] == made.json()["id"]


async def test_a_change_needs_the_version_it_changes(partners: House) -> None:
    async with partners.calling(OPERATOR) as http:
        made = (await http.post("/v1/partners", json=TUTORS)).json()
        address = f"/v1/partners/{made['id']}"
        without = await http.patch(address, json={"name": "Other"})
        stale = await http.patch(address, json={"name": "Other"}, headers={"If-Match": '"7"'})
        unreadable = await http.patch(address, json={"name": "Other"}, headers={"If-Match": "x"})
        right = await http.patch(address, json={"name": "Other"}, headers={"If-Match": '"1"'})

    assert [a.status_code for a in (without, stale, unreadable, right)] == [428, 412, 400, 200]
    assert right.json()["version"] == 2
    assert len(await partners.events()) == 2


async def test_a_partner_administrator_changes_only_their_own_partner(partners: House) -> None:
    async with partners.calling(OPERATOR) as http:
        made = (await http.post("/v1/partners", json=TUTORS)).json()
    other = principal(Role.PARTNER_ADMIN, partner_id=uuid4())
    async with partners.calling(other) as http:
        answer = await http.patch(
            f"/v1/partners/{made['id']}", json={"name": "Mine"}, headers={"If-Match": '"1"'}
        )
    assert (answer.status_code, answer.json()["code"]) == (403, "partner-not-own")


async def test_a_post_repeated_with_its_key_takes_effect_once_and_is_answered_twice(
    partners: House,
) -> None:
    key = {"Idempotency-Key": "once"}
    async with partners.calling(OPERATOR) as http:
        first = await http.post("/v1/partners", json=TUTORS, headers=key)
        again = await http.post("/v1/partners", json=TUTORS, headers=key)
        other = await http.post("/v1/partners", json=TUTORS | {"name": "B"}, headers=key)

    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert len(await partners.events()) == 1


async def test_a_list_continues_at_its_cursor(partners: House) -> None:
    async with partners.calling(OPERATOR) as http:
        for name in "CABED":
            await http.post("/v1/partners", json=TUTORS | {"name": name})
        first = await http.get("/v1/partners", params={"limit": 3})
        link = first.headers["link"].split(";")[0].strip("<>")
        second = await http.get(link)
        foreign = await http.get(
            "/v1/partners", params={"cursor": first.json()["next"], "kind": "library"}
        )

    names = [item["name"] for page in (first, second) for item in page.json()["items"]]
    assert names == list("ABCDE")
    assert second.json()["next"] is None
    assert (foreign.status_code, foreign.json()["code"]) == (400, "cursor-foreign")
