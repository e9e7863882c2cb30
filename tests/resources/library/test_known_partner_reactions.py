"""The reactions of resources to events about a partner."""

from datetime import date
from uuid import UUID

from shared.contracts.partners.partner import (
    PartnerChanged,
    PartnerKind,
    PartnerRegistered,
    PartnerStatus,
)
from shared.contracts.partners.partnership import MemberJoined, MemberLeft
from shared.contracts.resources.resource import ResourcePublished, ResourceWithdrawn
from shared.persistence.records import new_id
from tests.houses import House
from tests.resources.describing import (
    LIBRARIAN,
    NOBODY,
    OTHER_LIBRARIAN,
    PARTNER,
    draft,
    names,
    publish,
    search,
)

DAY = date(2026, 9, 1)


def registered(name: str = "Riverside Tutors") -> PartnerRegistered:
    kind = PartnerKind.COMMUNITY_ORGANIZATION
    return PartnerRegistered(partner_id=PARTNER, name=name, kind=kind, status=PartnerStatus.ACTIVE)


def left(remaining: int, partnership_id: UUID | None = None) -> MemberLeft:
    return MemberLeft(
        partnership_id=partnership_id or new_id(), partner_id=PARTNER, roles=["member"],
        left_on=DAY, remaining_partnerships=remaining,
    )  # fmt: skip


def joined() -> MemberJoined:
    return MemberJoined(
        partnership_id=new_id(), partner_id=PARTNER, name="Riverside Tutors", roles=["member"],
        joined_on=DAY, remaining_partnerships=1,
    )  # fmt: skip


async def test_resources_carry_their_partners_present_name(resources: House) -> None:
    await publish(resources)
    await resources.hear(registered())
    [first] = (await search(resources))["items"]
    kind, active = PartnerKind.COMMUNITY_ORGANIZATION, PartnerStatus.ACTIVE
    changed = PartnerChanged(partner_id=PARTNER, name="River Tutors", kind=kind, status=active)
    await resources.hear(changed)
    [second] = (await search(resources))["items"]
    assert (first["partner_name"], second["partner_name"]) == ("Riverside Tutors", "River Tutors")


async def test_a_resource_and_a_collection_name_their_partner_from_their_first_answer_on(
    resources: House,
) -> None:
    unnamed = await publish(resources, name="Before its partner is known")
    await resources.hear(left(remaining=1))
    await resources.hear(registered())
    made = await publish(resources, name="Fractions")
    async with resources.calling(LIBRARIAN) as http:
        collection = (await http.post("/v1/collections", json={"title": "Unit"})).json()
        listed = (await http.get("/v1/collections", params={"mine": True})).json()["items"]
    assert unnamed["partner_name"] is None
    assert (made["partner_name"], collection["partner_name"]) == ("Riverside Tutors",) * 2
    assert [each["partner_name"] for each in listed] == ["Riverside Tutors"]


async def test_a_partners_resources_leave_the_library_only_with_its_last_partnership(
    resources: House,
) -> None:
    mine = await publish(resources, about=["Mathematics"])
    await publish(resources, name="Draft", status="private")
    await publish(resources, caller=OTHER_LIBRARIAN, name="Theirs")

    await resources.hear(left(remaining=1))
    still = names(await search(resources))
    await resources.hear(left(remaining=0))
    found = await search(resources)

    assert still == ["Theirs", mine["name"]]
    assert (names(found), found["total"], found["facets"]["subject"]) == (["Theirs"], 1, [])
    [event] = await resources.events(ResourceWithdrawn)
    assert (event["data"]["resource_id"], event["data"]["reason"]) == (mine["id"], "partner-left")
    assert event["aggregate_version"] == 2
    async with resources.calling(NOBODY) as http:
        assert (await http.get(f"/v1/resources/{mine['id']}")).status_code == 404


async def test_a_partners_resources_return_with_the_next_partnership_except_those_withdrawn_since(
    resources: House,
) -> None:
    kept, withdrawn = await publish(resources), await publish(resources, name="Old")
    await resources.hear(left(remaining=0))
    async with resources.calling(LIBRARIAN) as http:
        await http.post(f"/v1/resources/{withdrawn['id']}/withdrawal", headers={"If-Match": '"2"'})
        changed = await http.put(
            f"/v1/resources/{kept['id']}", json=draft(name="New name"), headers={"If-Match": '"2"'}
        )
    assert (changed.json()["status"], names(await search(resources))) == ("suspended", [])

    await resources.hear(joined())
    assert names(await search(resources)) == ["New name"]
    assert len(await resources.events(ResourcePublished)) == 3


async def test_a_resource_published_without_a_partnership_waits_for_one(resources: House) -> None:
    await resources.hear(registered(), left(remaining=0))
    waiting = await publish(resources)
    found = names(await search(resources))
    await resources.hear(joined())
    assert (waiting["status"], found) == ("suspended", [])
    assert names(await search(resources)) == [waiting["name"]]
