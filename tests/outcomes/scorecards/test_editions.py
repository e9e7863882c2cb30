"""Editions: published, withdrawn, replaced, and those of partnerships that have ended."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from shared.contracts.partners.partnership import PartnershipChanged, PartnershipStatus
from tests.houses import House
from tests.outcomes.builders import (
    PUBLIC,
    TEACHER,
    add_member,
    define,
    form_partnership,
    leading_all,
    line,
    make_scorecard,
    publish,
    take_in,
)
from tests.promised import promise

WHY = {"reason": "The file of one district was read twice."}


async def card(house: House, partnership_id: UUID | None = None) -> str:
    made = await define(house)
    await take_in(house, line())
    there = partnership_id or await form_partnership(house)
    return str((await make_scorecard(house, there, [made["id"]]))["id"])


async def end(house: House, edition: dict[str, Any], act: str, version: int = 1) -> Any:
    async with house.calling(await leading_all(house)) as http:
        address = f"/v1/editions/{edition['id']}/{act}"
        return await http.post(address, json=WHY, headers={"If-Match": f'"{version}"'})


async def read(house: House, edition: dict[str, Any]) -> Any:
    async with house.calling(PUBLIC) as http:
        return await http.get(f"/v1/editions/{edition['id']}")


async def latest(house: House) -> dict[str, Any]:
    async with house.calling(PUBLIC) as http:
        found: dict[str, Any] = (await http.get("/internal/editions/latest")).json()
    return found


@promise(
    "Figures",
    "An edition that was withdrawn or replaced stays at its address, marked with day and reason.",
)
async def test_a_withdrawn_edition_stays_at_its_address_with_the_day_and_the_reason(
    outcomes: House,
) -> None:
    edition = await publish(outcomes, await card(outcomes))
    before = await read(outcomes, edition)
    withdrawn = await end(outcomes, edition, "withdrawal")
    after = await read(outcomes, edition)
    assert withdrawn.status_code == 201, withdrawn.text
    assert (after.json()["reason"], after.json()["replaced_by"]) == (WHY["reason"], None)
    assert after.json()["withdrawn_at"] == withdrawn.json()["withdrawn_at"]
    assert after.json()["report"] == before.json()["report"]
    assert after.headers["etag"] != before.headers["etag"]


async def test_a_withdrawn_edition_leaves_the_community_page_for_the_one_before_it(
    outcomes: House,
) -> None:
    card_id = await card(outcomes)
    first, second = await publish(outcomes, card_id), await publish(outcomes, card_id)
    await end(outcomes, second, "withdrawal")
    page = await latest(outcomes)
    assert [each["id"] for each in page["items"]] == [first["id"]]
    [marked] = page["withdrawn"]
    assert (marked["id"], marked["reason"]) == (second["id"], WHY["reason"])


@promise(
    "Figures",
    "An edition that was withdrawn or replaced stays at its address, marked with day and reason.",
)
async def test_a_replaced_edition_names_the_corrected_one_and_the_corrected_one_names_it(
    outcomes: House,
) -> None:
    edition = await publish(outcomes, await card(outcomes))
    await take_in(outcomes, line(numerator=180, as_of="2025-09-01"))
    corrected = (await end(outcomes, edition, "replacement")).json()
    old, new = (await read(outcomes, edition)).json(), (await read(outcomes, corrected)).json()
    assert (old["replaced_by"], old["reason"]) == (corrected["id"], WHY["reason"])
    assert (new["replaces"], new["number"], new["withdrawn_at"]) == (edition["id"], 2, None)
    assert [each["id"] for each in (await latest(outcomes))["items"]] == [corrected["id"]]


async def test_withdrawing_and_replacing_are_announced(outcomes: House) -> None:
    card_id = await card(outcomes)
    first, second = await publish(outcomes, card_id), await publish(outcomes, card_id)
    corrected = (await end(outcomes, first, "replacement")).json()
    await end(outcomes, second, "withdrawal")
    events = await outcomes.events()
    found = [each for each in events if each["type"].startswith("outcomes.edition.")]
    named = [(e["type"].rpartition("edition.")[2], e["data"]["edition_id"]) for e in found]
    assert named == [
        ("published.v1", first["id"]), ("published.v1", second["id"]),
        ("published.v1", corrected["id"]), ("withdrawn.v1", first["id"]),
        ("withdrawn.v1", second["id"]),
    ]  # fmt: skip
    assert found[2]["data"]["replaces"] == first["id"]
    assert found[3]["data"]["replaced_by"] == corrected["id"]
    assert "reason" not in found[4]["data"]


async def test_an_edition_is_withdrawn_once_by_somebody_who_may_publish_and_knows_its_version(
    outcomes: House,
) -> None:
    edition = await publish(outcomes, await card(outcomes))
    address = f"/v1/editions/{edition['id']}/withdrawal"
    async with outcomes.calling(TEACHER) as http:
        teacher = await http.post(address, json=WHY, headers={"If-Match": '"1"'})
    async with outcomes.calling(await leading_all(outcomes)) as http:
        blind = await http.post(address, json=WHY)
        wordless = await http.post(address, json={"reason": " "}, headers={"If-Match": '"1"'})
    stale = await end(outcomes, edition, "withdrawal", version=2)
    done = await end(outcomes, edition, "withdrawal")
    again = await end(outcomes, edition, "withdrawal", version=2)
    replaced = await end(outcomes, edition, "replacement", version=2)
    assert [a.status_code for a in (teacher, blind, wordless, stale, done)] == [
        403, 428, 422, 412, 201,
    ]  # fmt: skip
    for refused in (again, replaced):
        assert (refused.status_code, refused.json()["code"]) == (409, "edition-withdrawn")


@promise("Figures", "Editions of partnerships that have ended leave the community page.")
async def test_the_editions_of_an_ended_partnership_leave_the_community_page_and_stay(
    outcomes: House,
) -> None:
    partnership_id = await form_partnership(outcomes)
    edition = await publish(outcomes, await card(outcomes, partnership_id))
    assert [each["id"] for each in (await latest(outcomes))["items"]] == [edition["id"]]
    ended = PartnershipChanged(
        partnership_id=partnership_id, name="Riverside Promise", place=None,
        status=PartnershipStatus.ENDED,
    )  # fmt: skip
    await outcomes.hear(ended)
    assert (await latest(outcomes))["items"] == []
    assert (await read(outcomes, edition)).status_code == 200


async def test_a_partnership_heard_of_before_its_status_was_kept_has_ended_without_members(
    outcomes: House,
) -> None:
    partnership_id = await form_partnership(outcomes)
    edition = await publish(outcomes, await card(outcomes, partnership_id))
    async with outcomes.database.transaction() as session:
        await session.execute(text("update measured_partnership set status = null"))
    assert (await latest(outcomes))["items"] == []
    await add_member(outcomes, partnership_id, "City Library")
    assert [each["id"] for each in (await latest(outcomes))["items"]] == [edition["id"]]
