"""Partnerships, their members and networks over HTTP, on a real database."""

import asyncio
from uuid import uuid4

import pytest

from shared.contracts.partners.membership import MembershipEnded
from shared.contracts.partners.network import NetworkChanged
from shared.contracts.partners.partnership import (
    MemberJoined,
    MemberLeft,
    PartnershipChanged,
    PartnershipFormed,
)
from shared.contracts.partners.program import ProgramClosed
from shared.security.principal import Role
from tests.houses import House, principal
from tests.partners.support import (
    OPERATOR,
    a_partner,
    a_partnership,
    a_program,
    made,
    version,
)


async def test_a_partner_joins_with_roles_and_leaves_with_a_date(partners: House) -> None:
    tutors, other = await a_partner(partners), await a_partner(partners, "Other")
    promise = await a_partnership(partners, tutors, other)
    address = f"/v1/partnerships/{promise}/members"
    async with partners.calling(OPERATOR) as http:
        twice = await http.post(address, json={"partner_id": tutors, "roles": ["member"]})
        left = await http.post(f"{address}/{tutors}/departure", json={})
        again = await http.post(f"{address}/{tutors}/departure", json={})
        members = (await http.get(address)).json()["items"]
        back = await http.post(address, json={"partner_id": tutors, "roles": ["funder"]})

    assert (twice.status_code, twice.json()["code"]) == (409, "member-already")
    assert left.status_code == 201
    assert (again.status_code, again.json()["code"]) == (404, "member-unknown")
    assert [member["name"] for member in members] == ["Other"]
    assert back.json()["roles"] == ["funder"]
    [event] = await partners.events(MemberLeft)
    assert event["data"]["remaining_partnerships"] == 0
    assert len(await partners.events(MemberJoined)) == 3
    assert [e["aggregate_version"] for e in await partners.events()][-5:] == [1, 2, 3, 4, 5]
    assert len(await partners.events(PartnershipFormed)) == 1


async def test_a_partner_that_leaves_one_of_two_partnerships_has_one_remaining(
    partners: House,
) -> None:
    tutors = await a_partner(partners)
    one, two = [await a_partnership(partners, tutors, name=name) for name in "AB"]
    async with partners.calling(OPERATOR) as http:
        for promise in (one, two):
            await http.post(f"/v1/partnerships/{promise}/members/{tutors}/departure", json={})
    remaining = [e["data"]["remaining_partnerships"] for e in await partners.events(MemberLeft)]
    assert remaining == [1, 0]


async def test_one_of_two_partners_that_leave_at_once_is_the_last(partners: House) -> None:
    tutors = await a_partner(partners)
    both = [await a_partnership(partners, tutors, name=name) for name in "ABCD"]
    async with partners.calling(OPERATOR) as http:
        await asyncio.gather(
            *(
                http.post(f"/v1/partnerships/{promise}/members/{tutors}/departure", json={})
                for promise in both
            )
        )
    remaining = [e["data"]["remaining_partnerships"] for e in await partners.events(MemberLeft)]
    assert sorted(remaining) == [0, 1, 2, 3]


@pytest.mark.parametrize("role", ["backbone", "anchor"])
async def test_there_is_one_backbone_and_one_anchor(partners: House, role: str) -> None:
    one, two = await a_partner(partners), await a_partner(partners, "Two")
    address = f"/v1/partnerships/{await a_partnership(partners)}/members"
    async with partners.calling(OPERATOR) as http:
        await http.post(address, json={"partner_id": one, "roles": [role, "funder"]})
        second = await http.post(address, json={"partner_id": two, "roles": [role]})
        await http.post(address, json={"partner_id": two, "roles": ["member"]})
        now = {"If-Match": '"3"'}
        raised = await http.patch(f"{address}/{two}", json={"roles": [role]}, headers=now)
        handed = await http.patch(f"{address}/{one}", json={"roles": ["member"]}, headers=now)
        stale = await http.patch(f"{address}/{two}", json={"roles": [role]}, headers=now)
        now = {"If-Match": handed.headers["etag"]}
        taken = await http.patch(f"{address}/{two}", json={"roles": [role]}, headers=now)

    assert [a.json().get("code") for a in (second, raised)] == [f"{role}-taken"] * 2
    assert stale.status_code == 412
    assert (handed.json()["roles"], taken.json()["roles"]) == (["member"], [role])


async def test_impossible_days_of_membership_are_refused(partners: House) -> None:
    tutors = await a_partner(partners)
    address = f"/v1/partnerships/{await a_partnership(partners)}/members"
    async with partners.calling(OPERATOR) as http:
        body = {"partner_id": tutors, "roles": ["member"]}
        ahead = await http.post(address, json=body | {"joined_on": "2999-01-01"})
        nobody = await http.post(address, json=body | {"partner_id": str(uuid4())})
        without = await http.post(address, json=body | {"roles": []})
        await http.post(address, json=body | {"joined_on": "2026-01-01"})
        early = await http.post(f"{address}/{tutors}/departure", json={"left_on": "2025-12-31"})
        then = await http.get(address, params={"on": "2026-01-01"})
        before = await http.get(address, params={"on": "2025-12-31"})

    assert [a.json()["code"] for a in (ahead, nobody, without, early)] == [
        "date-ahead", "partner-unknown", "body-malformed", "dates-reversed",
    ]  # fmt: skip
    assert (len(then.json()["items"]), len(before.json()["items"])) == (1, 0)


async def test_a_network_consists_of_members_and_loses_those_that_leave(partners: House) -> None:
    tutors, library = await a_partner(partners), await a_partner(partners, "Library", "library")
    stranger = await a_partner(partners, "Stranger")
    promise = await a_partnership(partners, tutors, library)
    draft = {"partnership_id": promise, "name": "Readers", "outcome": "Early Grade Reading"}
    async with partners.calling(OPERATOR) as http:
        foreign = await http.post("/v1/networks", json=draft | {"partner_ids": [stranger]})
        outside = await http.post(
            "/v1/networks", json=draft | {"partner_ids": [tutors], "facilitator_id": library}
        )
        unknown = await http.post("/v1/networks", json=draft | {"outcome": "Reading"})
        network = await made(
            http, "networks", **draft, partner_ids=[tutors, library], facilitator_id=tutors
        )
        await http.post(f"/v1/partnerships/{promise}/members/{tutors}/departure", json={})
        after = (await http.get(f"/v1/networks/{network['id']}")).json()

    assert [a.json()["code"] for a in (foreign, outside, unknown)] == [
        "network-foreign", "facilitator-foreign", "body-malformed",
    ]  # fmt: skip
    assert [member["name"] for member in network["members"]] == ["Library", "Riverside Tutors"]
    assert [member["name"] for member in after["members"]] == ["Library"]
    assert after["facilitator_id"] is None
    [event] = await partners.events(NetworkChanged)
    assert event["data"]["partner_ids"] == [library]


async def test_the_end_of_a_partnership_ends_all_its_memberships(partners: House) -> None:
    tutors, library = await a_partner(partners), await a_partner(partners, "Library", "library")
    promise = await a_partnership(partners, tutors, library)
    async with partners.calling(OPERATOR) as http:
        await made(
            http, "networks", partnership_id=promise, name="N", outcome="Employment",
            partner_ids=[tutors],
        )  # fmt: skip
        now = (await http.get(f"/v1/partnerships/{promise}")).json()
        ended = await http.post(f"/v1/partnerships/{promise}/ending", headers=version(now))
        networks = (await http.get("/v1/networks", params={"partnership_id": promise})).json()
        late = await http.post(
            f"/v1/partnerships/{promise}/members", json={"partner_id": tutors, "roles": ["member"]}
        )

    assert (ended.json()["status"], networks["items"][0]["status"]) == ("ended", "ended")
    assert late.json()["code"] == "partnership-ended"
    assert {e["data"]["partner_id"] for e in await partners.events(MemberLeft)} == {
        tutors, library,
    }  # fmt: skip
    assert len(await partners.events(PartnershipChanged)) == 1


async def test_a_partner_that_closes_ends_its_memberships_programs_and_partnerships(
    partners: House,
) -> None:
    tutors = await a_partner(partners)
    program = await a_program(partners, tutors)
    await a_partnership(partners, tutors)
    async with partners.calling(OPERATOR) as http:
        await made(
            http, "memberships", issuer="https://id.example", subject="ann", role="partner_admin",
            partner_id=tutors,
        )  # fmt: skip
        partner = (await http.get(f"/v1/partners/{tutors}")).json()
        closed = await http.post(f"/v1/partners/{tutors}/closure", headers=version(partner))
        reopened = await http.post("/v1/programs", json={"partner_id": tutors, "name": "New"})

    assert closed.json()["status"] == "closed"
    assert reopened.json()["code"] == "partner-closed"
    [left] = await partners.events(MemberLeft)
    assert left["data"]["remaining_partnerships"] == 0
    assert [e["data"]["program_id"] for e in await partners.events(ProgramClosed)] == [
        program["id"]
    ]
    assert len(await partners.events(MembershipEnded)) == 1


async def test_other_roles_maintain_no_partnership(partners: House) -> None:
    tutors = await a_partner(partners)
    promise = await a_partnership(partners, tutors)
    codes = set()
    for role in (Role.PARTNER_ADMIN, Role.DISTRICT_ADMIN, Role.ANALYST):
        async with partners.calling(principal(role, partner_id=tutors)) as http:
            for address, body in (
                ("/v1/partnerships", {"name": "N", "purpose": "P"}),
                (f"/v1/partnerships/{promise}/members/{tutors}/departure", {}),
                (
                    "/v1/networks",
                    {"partnership_id": promise, "name": "N", "outcome": "Employment"},
                ),
            ):
                codes.add((await http.post(address, json=body)).status_code)
    assert codes == {403}


async def test_a_day_that_is_written_as_a_number_is_refused(partners: House) -> None:
    partnership = await a_partnership(partners)
    async with partners.calling(OPERATOR) as http:
        for day in ("0", "1700000000", "2026-01-01T00:00:00", "20260101", "2026-1-1"):
            answer = await http.get(f"/v1/partnerships/{partnership}/members?on={day}")
            assert (answer.status_code, answer.json()["code"]) == (400, "parameter-malformed")
