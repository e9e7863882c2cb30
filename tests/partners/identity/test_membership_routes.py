"""The roles that each caller may grant, on a real database."""

import asyncio
from typing import Any
from uuid import uuid4

from shared.contracts.partners.membership import MembershipEnded, MembershipGranted
from shared.contracts.students.worker import WorkersAsked
from shared.security.principal import THE_GATEWAY, Role
from tests.houses import House, principal
from tests.promised import promise

OPERATOR = principal(Role.OPERATOR)
ANN = {"issuer": "https://id.example", "subject": "ann"}


async def a_partner(partners: House) -> str:
    async with partners.calling(OPERATOR) as http:
        body = {"name": "District", "kind": "district"}
        partner_id: str = (await http.post("/v1/partners", json=body)).json()["id"]
        return partner_id


async def acting(partners: House) -> list[dict[str, Any]]:
    async with partners.calling(THE_GATEWAY) as http:
        found: list[dict[str, Any]] = (await http.get("/internal/memberships", params=ANN)).json()
        return found


async def test_a_granted_membership_is_given_to_the_gateway_and_announced(
    partners: House,
) -> None:
    draft = ANN | {"role": "case_worker", "partner_id": await a_partner(partners)}
    async with partners.calling(OPERATOR) as http:
        made = (await http.post("/v1/memberships", json=draft)).json()
        again = (await http.post("/v1/memberships", json=draft)).json()

    assert made == again
    [known] = await acting(partners)
    assert (known["membership_id"], known["role"]) == (made["id"], "case_worker")
    assert known["partner_name"] == "District"
    assert len(await partners.events(MembershipGranted)) == 1


async def test_an_ended_membership_is_no_longer_given_to_the_gateway(partners: House) -> None:
    draft = ANN | {"role": "analyst"}
    async with partners.calling(OPERATOR) as http:
        made = await http.post("/v1/memberships", json=draft)
        address, etag = f"/v1/memberships/{made.json()['id']}", made.headers["etag"]
        ended = await http.delete(address, headers={"If-Match": etag})
        twice = await http.delete(address, headers={"If-Match": ended.headers["etag"]})

    assert ended.json()["status"] == "ended"
    assert (twice.status_code, twice.json()["code"]) == (409, "membership-ended")
    assert await acting(partners) == []
    assert len(await partners.events(MembershipEnded)) == 1


async def test_an_administrator_grants_only_the_roles_of_their_own_partner(
    partners: House,
) -> None:
    district, other = await a_partner(partners), await a_partner(partners)
    admin = principal(Role.DISTRICT_ADMIN, partner_id=district)
    person = {"person_id": str(uuid4())}
    codes = []
    async with partners.calling(admin) as http:
        for role, partner_id in (
            ("educator", district), ("educator", other), ("operator", district),
            ("analyst", district), ("guardian", district),
        ):  # fmt: skip
            draft = ANN | person | {"role": role, "partner_id": partner_id}
            codes.append((await http.post("/v1/memberships", json=draft)).status_code)

    assert codes == [201, 403, 403, 403, 201]


async def test_a_role_that_needs_a_partner_or_a_person_is_refused_without_one(
    partners: House,
) -> None:
    async with partners.calling(OPERATOR) as http:
        answers = [
            (await http.post("/v1/memberships", json=ANN | {"role": role})).json()
            for role in ("case_worker", "guardian", "student", "gateway", "public", "king")
        ]
        unknown = ANN | {"role": "guardian", "partner_id": await a_partner(partners)}
        answers.append((await http.post("/v1/memberships", json=unknown)).json())
    fields = [answer["errors"][0]["field"] for answer in answers]
    assert fields == ["body.partner_id"] * 3 + ["body.role"] * 3 + ["body.person_id"]


@promise(
    "Access and privacy",
    "Only a district ties a person to a child, and only to its own records.",
)
async def test_only_a_district_ties_somebody_to_a_child_and_only_to_its_own_records(
    partners: House,
) -> None:
    district, other = await a_partner(partners), await a_partner(partners)
    async with partners.calling(OPERATOR) as http:
        body = {"name": "Tutors", "kind": "community_organization"}
        tutors = (await http.post("/v1/partners", json=body)).json()["id"]
    codes = []
    for caller, partner_id in (
        (principal(Role.DISTRICT_ADMIN, partner_id=district), other),
        (principal(Role.PARTNER_ADMIN, partner_id=tutors), tutors),
        (principal(Role.BACKBONE, partner_id=district), district),
        (OPERATOR, tutors),
        (principal(Role.DISTRICT_ADMIN, partner_id=district), district),
    ):
        for role in ("guardian", "student", "educator"):
            draft = ANN | {"role": role, "partner_id": partner_id, "person_id": str(uuid4())}
            async with partners.calling(caller) as http:
                answer = await http.post("/v1/memberships", json=draft)
            codes.append(answer.json().get("code", answer.json().get("partner_id")))
    async with partners.calling(OPERATOR) as http:
        draft = ANN | {"role": "district_admin", "partner_id": tutors}
        misplaced = await http.post("/v1/memberships", json=draft)
    assert misplaced.json()["code"] == "partner-not-district"
    assert codes == (
        ["membership-not-yours"] * 9 + ["partner-not-district"] * 3 + [str(district)] * 3
    )


async def test_another_partners_memberships_are_hidden(partners: House) -> None:
    draft = ANN | {"role": "case_worker", "partner_id": await a_partner(partners)}
    async with partners.calling(OPERATOR) as http:
        made = (await http.post("/v1/memberships", json=draft)).json()
    stranger = principal(Role.PARTNER_ADMIN, partner_id=uuid4())
    async with partners.calling(stranger) as http:
        hidden = await http.get(f"/v1/memberships/{made['id']}")
        absent = await http.get(f"/v1/memberships/{uuid4()}")
        listed = await http.get("/v1/memberships")
    assert hidden.json() == absent.json()
    assert listed.json()["items"] == []


async def test_only_the_gateway_reads_the_memberships_of_an_account_that_signs_in(
    partners: House,
) -> None:
    async with partners.calling(principal(Role.OPERATOR)) as http:
        answer = await http.get("/internal/memberships", params=ANN)
    assert answer.status_code == 403


async def test_a_district_grants_memberships_in_its_schools_and_sees_them(partners: House) -> None:
    district = await a_partner(partners)
    async with partners.calling(OPERATOR) as http:
        body = {"name": "School", "kind": "school", "parent_id": district}
        school = (await http.post("/v1/partners", json=body)).json()["id"]
    draft = ANN | {"role": "educator", "partner_id": school, "person_id": str(uuid4())}
    async with partners.calling(principal(Role.DISTRICT_ADMIN, partner_id=district)) as http:
        made = await http.post("/v1/memberships", json=draft)
        listed = (await http.get("/v1/memberships", params={"role": "educator"})).json()["items"]
        ended = await http.delete(
            f"/v1/memberships/{made.json()['id']}", headers={"If-Match": made.headers["etag"]}
        )
    assert (made.status_code, ended.status_code) == (201, 200)
    assert [each["id"] for each in listed] == [made.json()["id"]]


async def test_nobody_but_the_operator_grants_a_membership_to_their_own_account(
    partners: House,
) -> None:
    async with partners.calling(OPERATOR) as http:
        partner_id = await a_partner(partners)
        draft = ANN | {"role": "backbone", "partner_id": partner_id}
        made = (await http.post("/v1/memberships", json=draft)).json()
    codes = []
    for role in (Role.BACKBONE, Role.OPERATOR):
        self = principal(role, account_id=made["account_id"], partner_id=partner_id)
        async with partners.calling(self) as http:
            another = ANN | {"role": "analyst", "partner_id": partner_id}
            answer = await http.post("/v1/memberships", json=another)
            codes.append((answer.status_code, answer.json().get("code")))
    assert codes == [(403, "membership-own"), (201, None)]


async def test_the_backbone_appoints_no_operator_and_the_last_operator_stays(
    partners: House,
) -> None:
    draft = ANN | {"role": "operator"}
    backbone = principal(Role.BACKBONE, partner_id=await a_partner(partners))
    async with partners.calling(backbone) as http:
        refused = await http.post("/v1/memberships", json=draft)
    async with partners.calling(principal(Role.OPERATOR)) as http:
        one = await http.post("/v1/memberships", json=draft)
        two = await http.post("/v1/memberships", json=draft | {"subject": "bob"})
        answers = await asyncio.gather(
            *(
                http.delete(
                    f"/v1/memberships/{made.json()['id']}",
                    headers={"If-Match": made.headers["etag"]},
                )
                for made in (one, two)
            )
        )
    assert refused.json()["code"] == "membership-not-yours"
    assert sorted(answer.json().get("code", "ended") for answer in answers) == [
        "ended", "operator-last",
    ]  # fmt: skip


async def test_the_same_membership_granted_many_times_at_once_is_one(partners: House) -> None:
    draft = ANN | {"role": "case_worker", "partner_id": await a_partner(partners)}
    async with partners.calling(OPERATOR) as http:
        answers = await asyncio.gather(
            *(http.post("/v1/memberships", json=draft) for _ in range(5))
        )
    assert {answer.status_code for answer in answers} == {201}
    assert len(await partners.events(MembershipGranted)) == 1


async def test_the_memberships_in_force_are_announced_again_for_a_copy_that_begins_later(
    partners: House,
) -> None:
    partner_id = await a_partner(partners)
    async with partners.calling(OPERATOR) as http:
        made = [
            await http.post(
                "/v1/memberships",
                json=ANN | {"role": role, "partner_id": partner_id},
            )
            for role in ("case_worker", "analyst")
        ]
        address = f"/v1/memberships/{made[1].json()['id']}"
        await http.delete(address, headers={"If-Match": made[1].headers["etag"]})
        await partners.hear(WorkersAsked(record_id=uuid4()))
        read = await http.get(f"/v1/memberships/{made[0].json()['id']}")
        ended = await http.delete(
            f"/v1/memberships/{read.json()['id']}", headers={"If-Match": read.headers["etag"]}
        )
    first, _, again = await partners.events(MembershipGranted)
    assert again["data"] == first["data"]
    assert [e["aggregate_version"] for e in (first, again)] == [1, 2]
    assert (ended.status_code, ended.json()["version"]) == (200, 3)
