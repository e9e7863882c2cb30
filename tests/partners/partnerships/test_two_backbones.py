"""Two partnerships on one platform: each answers to its own backbone alone."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.contracts.partners.partnership import MemberJoined
from shared.security.principal import THE_GATEWAY, Principal, Role
from tests.access.roles import table
from tests.houses import House, principal
from tests.partners.support import (
    OPERATOR,
    a_backbone,
    a_led_partnership,
    a_partner,
    made,
    version,
)
from tests.partners.systems import KEY, public
from tests.promised import promise
from tests.promises.sources import guilty

ISSUER = "https://id.example"
TABLES = {
    "partnership": "partnership", "member": "partner", "network": "network",
    "pipeline": "pipeline", "own": "pipeline", "site": "site", "program": "program",
}  # fmt: skip

AGREEMENTS = "tests/partners/agreements/test_agreement_routes.py"
ELSEWHERE = {
    "POST /v1/imports/{}/confirmation": "hidden: tests/shared/imports/test_brake.py",
    "POST /v1/imports/{}/rejection": "hidden: tests/shared/imports/test_brake.py",
    "POST /v1/partnerships": "test_the_partner_of_the_backbones_staff_becomes_the_backbone",
    "POST /v1/partners": "the directory is the platform's: each backbone registers partners",
    "POST /v1/hsds-mappings": "tests/partners/exchange/test_hsds_mappings.py",
    "PUT /v1/hsds-mappings/{}": "hidden: tests/partners/exchange/test_hsds_mappings.py",
    "DELETE /v1/hsds-mappings/{}": "hidden: tests/partners/exchange/test_hsds_mappings.py",
    "POST /v1/imports/hsds": "tests/partners/exchange/test_hsds_import.py",
    "POST /v1/agreements": AGREEMENTS,
    "DELETE /v1/memberships/{}": "hidden: test_another_partners_memberships_are_hidden",
    "DELETE /v1/invitations/{}": "hidden: test_another_partners_invitations_are_hidden",
    "POST /v1/clients/{}/keys": "hidden: tests/partners/identity/test_client_routes.py",
    "DELETE /v1/clients/{}/keys/{}": "hidden: tests/partners/identity/test_client_routes.py",
    "DELETE /v1/clients/{}": "hidden: tests/partners/identity/test_client_routes.py",
    **{
        f"{method} /v1/partners/{{}}/stream{part}": "tests/streams/test_stream_routes.py"
        for method, part in (
            ("POST", ""), ("DELETE", ""), ("POST", "/keys"), ("DELETE", "/keys/{}"),
            ("POST", "/credentials"), ("POST", "/position"), ("POST", "/suspension"),
            ("DELETE", "/suspension"),
        )
    },
    **{
        f"{method} /v1/agreements/{{}}{part}": f"hidden: {AGREEMENTS}"
        for method, part in (
            ("PUT", ""), ("POST", "/proposal"), ("DELETE", "/proposal"), ("POST", "/signatures"),
            ("POST", "/amendments"), ("POST", "/suspension"),
            ("DELETE", "/suspension"), ("POST", "/ending"),
        )
    },
    "POST /v1/destructions/{}/attestation": "tests/partners/agreements/test_expirations.py",
    "POST /v1/destructions/{}/attestation/correction":
        "tests/partners/agreements/test_expirations.py",
}  # fmt: skip


@dataclass(frozen=True)
class Two:
    """`ours` leads a partnership with one member, which has a site, a program and so on; `theirs`
    leads another one."""

    house: House
    ours: Principal
    theirs: Principal
    partnership: str
    member: str
    ids: dict[str, str]

    async def ask(self, caller: Principal, name: str, body: Any = None) -> httpx.Response:
        """With the present version of the first thing that the path names."""
        method, _, path = name.partition(" ")
        known = [(path.find(f"{{{key}}}"), key) for key in TABLES if f"{{{key}}}" in path]
        key = min(known)[1] if known else "partnership"
        [row] = await self.house.rows(
            f"select version from {TABLES[key]} where id = :id", id=self.ids[key]
        )
        async with self.house.calling(caller) as http:
            return await http.request(
                method, path.format(**self.ids), json=body, headers=version(row)
            )


@pytest.fixture
async def two(partners: House) -> Two:
    ours, theirs = [await a_backbone(partners, name) for name in ("Ours", "Theirs")]
    member = await a_partner(partners)
    partnership = await a_led_partnership(partners, ours, member)
    await a_led_partnership(partners, theirs, name="Other")
    async with partners.calling(ours) as http:
        network = await made(
            http, "networks", partnership_id=partnership, name="N", outcome="Employment"
        )
        pipeline = await made(http, "pipelines", partnership_id=partnership, name="P")
        own = await made(http, "pipelines", partner_id=member, name="Own")
        site = await made(http, "sites", partner_id=member, name="Hall")
        program = await made(http, "programs", partner_id=member, name="Chess")
    ids = {
        "partnership": partnership, "member": member, "network": network["id"],
        "pipeline": pipeline["id"], "own": own["id"], "site": site["id"],
        "program": program["id"],
    }  # fmt: skip
    return Two(partners, ours, theirs, partnership, member, ids)


def led(of: Two) -> dict[str, Any]:
    """What belongs to the partnership: route → body."""
    here = {"partnership_id": of.partnership, "name": "N"}
    return {
        "PATCH /v1/partnerships/{partnership}": {"name": "N"},
        "POST /v1/partnerships/{partnership}/ending": None,
        "POST /v1/partnerships/{partnership}/members": {
            "partner_id": str(of.theirs.partner_id), "roles": ["member"],
        },
        "PATCH /v1/partnerships/{partnership}/members/{member}": {"roles": ["funder"]},
        "POST /v1/partnerships/{partnership}/members/{member}/departure": {},
        "POST /v1/networks": here | {"outcome": "Employment"},
        "PATCH /v1/networks/{network}": {"name": "N"},
        "POST /v1/pipelines": here,
        "PATCH /v1/pipelines/{pipeline}": {"name": "N"},
    }  # fmt: skip


def tended(of: Two) -> dict[str, Any]:
    """The member's entries in the directory, of which its backbone takes care."""
    here = {"partner_id": of.member, "name": "N"}
    return {
        "PATCH /v1/partners/{member}": {"name": "N"},
        "POST /v1/sites": here,
        "PATCH /v1/sites/{site}": {"name": "N"},
        "POST /v1/programs": here,
        "PATCH /v1/programs/{program}": {"name": "N"},
        "POST /v1/programs/{program}/closure": None,
        "POST /v1/pipelines": here,
        "PATCH /v1/pipelines/{own}": {"name": "N"},
        "POST /v1/partners/{member}/closure": None,
    }


def acted(of: Two) -> dict[str, Any]:
    """What gives power over the member, and so belongs to the member alone."""
    person = {"issuer": ISSUER, "subject": "eve"}
    worker = {"role": "case_worker", "partner_id": of.member}
    return {
        "POST /v1/memberships": person | worker,
        "POST /v1/invitations": worker,
        "POST /v1/clients": {"partner_id": of.member, "name": "Sync", "keys": [public(KEY)]},
    }


async def answers(of: Two, caller: Principal, asked: dict[str, Any]) -> dict[str, str]:
    """Each route with the code of its refusal, or its status."""
    found = {}
    for name, body in asked.items():
        answer = await of.ask(caller, name, body)
        found[name] = str(answer.json().get("code", answer.status_code))
    return found


async def kept(of: Two) -> list[dict[str, Any]]:
    return await of.house.rows("select count(*) as events, max(position) as last from outbox")


@promise(
    "Access and privacy",
    "A backbone changes only the partnerships that it leads, and the partners in its care.",
)
async def test_another_partnerships_backbone_changes_nothing_of_a_partnership_or_its_members(
    two: Two,
) -> None:
    before = await kept(two)
    without = principal(Role.BACKBONE)
    for caller in (two.theirs, without):
        found = await answers(two, caller, led(two) | tended(two) | acted(two))
        guilty([
            f"{name}: {code}" for name, code in found.items()
            if code not in {
                "partnership-not-led", "partner-not-own", "partner-register-backbone",
                "membership-not-yours", "membership-missing",
            }
        ])  # fmt: skip
    assert await kept(two) == before


async def test_its_own_backbone_changes_a_partnership_and_the_partners_in_its_care(
    two: Two,
) -> None:
    asked = led(two) | tended(two)
    last = ("POST /v1/partners/{member}/closure", "POST /v1/partnerships/{partnership}/ending")
    leaving = "POST /v1/partnerships/{partnership}/members/{member}/departure"
    middle = {name: body for name, body in asked.items() if name not in {*last, leaving}}
    found = await answers(two, two.ours, middle | {name: asked[name] for name in last})
    assert set(found.values()) <= {"200", "201"}, found


async def test_a_backbone_has_no_power_to_act_for_a_member_of_its_partnership(two: Two) -> None:
    before = await kept(two)
    found = await answers(two, two.ours, acted(two))
    guilty([
        f"{name}: {code}" for name, code in found.items()
        if code not in {"partner-not-own", "membership-not-yours", "membership-missing"}
    ])  # fmt: skip
    assert await kept(two) == before


def test_every_route_that_a_backbones_permission_opens_is_tried_here_or_elsewhere(
    two: Two,
) -> None:
    """Of partners; see each test that is named for the routes that are not tried here."""
    tried = {
        re.sub(r"{\w+}", "{}", name) for name in (*led(two), *tended(two), *acted(two))
    } | ELSEWHERE.keys()  # fmt: skip
    guilty([
        f"{route} is tried by no other backbone"
        for route, roles in table()["partners"].items()
        if Role.BACKBONE in roles and not route.startswith("GET")
        and re.sub(r"{\w+}", "{}", route) not in tried
    ])  # fmt: skip


async def test_the_partner_of_the_backbones_staff_becomes_the_backbone_of_what_they_form(
    two: Two,
) -> None:
    async with two.house.calling(two.ours) as http:
        formed = await http.post("/v1/partnerships", json={"name": "New", "purpose": "P"})
        [member] = (await http.get(f"/v1/partnerships/{formed.json()['id']}/members")).json()[
            "items"
        ]
    async with two.house.calling(principal(Role.BACKBONE)) as http:
        nobody = await http.post("/v1/partnerships", json={"name": "New", "purpose": "P"})
    assert (member["partner_id"], member["roles"]) == (str(two.ours.partner_id), ["backbone"])
    assert formed.headers["etag"] == '"2"'
    assert nobody.json()["code"] == "partnership-not-led"
    [*_, joined] = await two.house.events(MemberJoined)
    assert joined["data"]["roles"] == ["backbone"]


async def test_a_backbone_that_leaves_has_no_say_and_the_operator_names_the_next(
    two: Two,
) -> None:
    address = f"/v1/partnerships/{two.partnership}/members"
    next_one = {"partner_id": str(two.theirs.partner_id), "roles": ["backbone"]}
    async with two.house.calling(two.ours) as http:
        left = await http.post(f"{address}/{two.ours.partner_id}/departure", json={})
    for caller in (two.ours, two.theirs):
        async with two.house.calling(caller) as http:
            refused = await http.post(address, json=next_one)
        assert refused.json()["code"] == "partnership-not-led"
    async with two.house.calling(OPERATOR) as http:
        named = await http.post(address, json=next_one)
    changed = await answers(two, two.theirs, {"PATCH /v1/networks/{network}": {"name": "M"}})
    assert (left.status_code, named.status_code) == (201, 201)
    assert list(changed.values()) == ["200"]


async def test_a_member_of_two_partnerships_is_in_the_care_of_neither_backbone(two: Two) -> None:
    await a_led_partnership(two.house, two.theirs, two.member, name="Third")
    for caller in (two.ours, two.theirs):
        found = await answers(two, caller, tended(two))
        assert set(found.values()) <= {"partner-not-own", "partner-register-backbone"}, found


async def admit(two: Two, caller: Principal, **other: Any) -> httpx.Response:
    body = {"issuer": ISSUER, "subject": f"{uuid4()}", "role": "partner_admin",
            "partner_id": two.member}  # fmt: skip
    async with two.house.calling(caller) as http:
        return await http.post("/v1/memberships", json=body | other)


@promise(
    "Access and privacy",
    "A backbone gives a member of its partnerships the first administrator, and no second one.",
)
async def test_a_backbone_admits_the_first_administrator_of_a_member_and_then_leaves_it_alone(
    two: Two,
) -> None:
    other = await admit(two, two.theirs)
    first = await admit(two, two.ours)
    second = await admit(two, two.ours)
    async with two.house.calling(two.ours) as http:
        hidden = await http.get(f"/v1/memberships/{first.json()['id']}")
        ended = await http.delete(
            f"/v1/memberships/{first.json()['id']}", headers={"If-Match": '"1"'}
        )
    after = await answers(two, two.ours, tended(two))
    assert other.json()["code"] == second.json()["code"] == "membership-not-yours"
    assert (first.status_code, first.json()["partner_id"]) == (201, two.member)
    assert (hidden.status_code, ended.status_code) == (404, 404)
    assert set(after.values()) <= {"partner-not-own", "partner-register-backbone"}, after


async def test_a_backbone_admits_no_administrator_where_childrens_records_are_kept(
    two: Two,
) -> None:
    codes = []
    for kind in ("district", "school"):
        partner_id = await a_partner(two.house, kind, kind)
        async with two.house.calling(two.ours) as http:
            await made(
                http, f"partnerships/{two.partnership}/members", partner_id=partner_id,
                roles=["member"],
            )  # fmt: skip
        for role in ("partner_admin", "district_admin"):
            answer = await admit(two, two.ours, role=role, partner_id=partner_id)
            codes.append(answer.json()["code"])
    assert codes == ["membership-not-yours"] * 4


async def test_a_backbone_admits_colleagues_of_its_own_partner(two: Two) -> None:
    found = []
    for role, partner_id in (
        ("backbone", two.ours.partner_id), ("analyst", two.ours.partner_id),
        ("case_worker", two.ours.partner_id), ("analyst", two.member), ("backbone", two.member),
        ("analyst", None), ("operator", None), ("district_admin", two.ours.partner_id),
    ):  # fmt: skip
        answer = await admit(two, two.ours, role=role, partner_id=partner_id and str(partner_id))
        found.append(answer.status_code)
    assert found == [201] * 3 + [403] * 5


async def with_membership(two: Two) -> Principal:
    """Our backbone's staff, under the membership by which they invite."""
    named = await admit(two, OPERATOR, role="backbone", partner_id=str(two.ours.partner_id))
    return principal(
        Role.BACKBONE, account_id=named.json()["account_id"],
        membership_id=named.json()["id"], partner_id=two.ours.partner_id,
    )  # fmt: skip


async def accepted(two: Two, link: str) -> httpx.Response:
    async with two.house.calling(THE_GATEWAY) as http:
        body = {"secret": link.partition("#")[2], "issuer": ISSUER, "subject": f"{uuid4()}"}
        return await http.post("/internal/invitations/acceptance", json=body)


async def test_of_two_invitations_of_a_first_administrator_one_is_accepted(two: Two) -> None:
    ours = await with_membership(two)
    wanted = {"role": "partner_admin", "partner_id": two.member}
    async with two.house.calling(ours) as http:
        links = [(await http.post("/v1/invitations", json=wanted)).json() for _ in range(2)]
        found = [await accepted(two, each["link"]) for each in links]
        states = [(await http.get(f"/v1/invitations/{each['id']}")).json() for each in links]
    assert [each.status_code for each in found] == [201, 404]
    assert [each["status"] for each in states] == ["accepted", "open"]


async def test_an_invitation_of_a_backbone_that_no_longer_leads_has_no_effect(two: Two) -> None:
    ours = await with_membership(two)
    async with two.house.calling(ours) as http:
        wanted = {"role": "partner_admin", "partner_id": two.member}
        link = (await http.post("/v1/invitations", json=wanted)).json()["link"]
        members = f"/v1/partnerships/{two.partnership}/members"
        await http.post(f"{members}/{two.ours.partner_id}/departure", json={})
    assert (await accepted(two, link)).json()["code"] == "invitation-unknown"


async def test_the_gateway_learns_which_partnerships_a_backbones_staff_lead(two: Two) -> None:
    leads = {}
    for role in ("backbone", "analyst", "case_worker"):
        await admit(two, OPERATOR, role=role, subject="ann", partner_id=str(two.ours.partner_id))
    async with two.house.calling(THE_GATEWAY) as http:
        asked = {"issuer": ISSUER, "subject": "ann"}
        for each in (await http.get("/internal/memberships", params=asked)).json():
            leads[each["role"]] = each["leads"]
    assert leads == {
        "backbone": [two.partnership], "analyst": [two.partnership], "case_worker": [],
    }  # fmt: skip
