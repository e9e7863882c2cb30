"""A person who is signed in can read their own account and memberships."""

from uuid import uuid4

from shared.security.permissions import PERMISSIONS
from shared.security.principal import Role
from tests.gateway.pages.test_token_endpoint import ask, know
from tests.gateway.services import Network, network


def two(net: Network) -> list[dict[str, str]]:
    """A teacher who is a mother too."""
    of_school = {
        "membership_id": str(uuid4()), "account_id": str(uuid4()), "role": "educator",
        "partner_id": str(uuid4()), "partner_name": "Maple Elementary", "person_id": str(uuid4()),
        "account_name": "Ann Rivera", "account_email": "ann@example.org",
    }  # fmt: skip
    of_family = of_school | {
        "membership_id": str(uuid4()), "role": "guardian", "partner_id": str(uuid4()),
        "partner_name": "Maple District", "person_id": str(uuid4()),
    }  # fmt: skip
    net.set("partners", "/internal/memberships", [of_school, of_family])
    return [of_school, of_family]


async def test_a_person_sees_every_membership_and_the_one_that_acts_by_default() -> None:
    async with network() as (net, client):
        teacher, mother = two(net)
        answer = await client.get("/v1/me")
    assert (answer.status_code, answer.json()) == (200, {
        "account_id": teacher["account_id"],
        "name": "Ann Rivera",
        "email": "ann@example.org",
        "acting_as": teacher["membership_id"],
        "memberships": [
            {"id": each["membership_id"], "role": each["role"], "partner_id": each["partner_id"],
             "partner_name": each["partner_name"], "person_id": each["person_id"],
             "by_default": each is teacher, "permissions": sorted(PERMISSIONS[Role(each["role"])])}
            for each in (teacher, mother)
        ],
    })  # fmt: skip


async def test_acting_as_another_membership_does_not_change_the_default_one() -> None:
    async with network() as (net, client):
        teacher, mother = two(net)
        answer = await client.get("/v1/me", headers={"Acting-As": mother["membership_id"]})
        strange = await client.get("/v1/me", headers={"Acting-As": str(uuid4())})
    told = answer.json()
    assert told["acting_as"] == mother["membership_id"]
    assert [each["id"] for each in told["memberships"] if each["by_default"]] == [
        teacher["membership_id"]
    ]
    assert (strange.status_code, strange.json()["code"]) == (400, "acting-as-unknown")


async def test_the_gateway_asks_partners_for_the_caller_and_the_memberships_in_one_request() -> (
    None
):
    async with network() as (net, client):
        two(net)
        await client.get("/v1/me")
        asked = net.paths("partners")
    assert asked == ["/internal/memberships"]


async def test_a_partners_system_sees_its_client_and_its_partner() -> None:
    async with network() as (net, client):
        known = know(net)
        acting = {"membership_id": known["client_id"], "account_id": known["client_id"],
                  "role": "partner_system", "partner_id": str(uuid4()),
                  "partner_name": "Riverside Tutors"}  # fmt: skip
        net.set("partners", f"/internal/clients/{known['client_id']}/acting", [acting])
        token = (await ask(client)).json()["access_token"]
        told = (await client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})).json()
    [membership] = told["memberships"]
    assert told["account_id"] == membership["id"] == known["client_id"]
    assert (membership["role"], membership["partner_id"], membership["partner_name"]) == (
        "partner_system", acting["partner_id"], "Riverside Tutors",
    )  # fmt: skip


async def test_a_caller_not_signed_in_gets_401_and_a_person_without_a_membership_403() -> None:
    async with network() as (net, client):
        net.set("partners", "/internal/memberships", [])
        stranger = await client.get("/v1/me")
        del client.headers["Authorization"]
        nobody = await client.get("/v1/me")
    assert (stranger.status_code, stranger.json()["code"]) == (403, "membership-missing")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "sign-in-required")


async def test_memberships_have_no_partner_name_where_partners_is_of_the_release_before() -> None:
    async with network() as (net, client):
        net.admit("operator")
        answer = await client.get("/v1/me")
    [told] = answer.json()["memberships"]
    assert (answer.status_code, told["partner_name"], told["partner_id"]) == (200, None, None)


async def test_a_person_gives_themselves_a_name_and_no_other_account() -> None:
    async with network() as (net, client):
        teacher, _ = two(net)
        net.set("partners", "/internal/account-names", status=204, raw=b"")
        named = await client.put("/v1/me/profile", json={"name": "  Ann R. "})
        [asked] = [r for _, r in net.asked if r.path == "/internal/account-names"]
        told = await asked.json()
        other = await client.put("/v1/me/profile", json={"name": "x", "account_id": str(uuid4())})
        bad = [await client.put("/v1/me/profile", json={"name": n}) for n in ("", " ", "a\nb", 7)]
    assert named.status_code == 204
    assert told == {"account_id": teacher["account_id"], "name": "Ann R."}
    assert {each.status_code for each in (other, *bad)} == {422}


async def test_a_partners_system_has_no_name_of_a_person() -> None:
    async with network() as (net, client):
        known = know(net)
        acting = {"membership_id": known["client_id"], "account_id": known["client_id"],
                  "role": "partner_system"}  # fmt: skip
        net.set("partners", f"/internal/clients/{known['client_id']}/acting", [acting])
        token = (await ask(client)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = await client.put("/v1/me/profile", json={"name": "x"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "person-needed")
