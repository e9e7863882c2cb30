"""A partner's administrator registers the partner's systems, rotates their keys, revokes them."""

from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.partners.client import (
    ClientKeyAdded,
    ClientKeyEnded,
    ClientRegistered,
    ClientRevoked,
)
from shared.security.principal import THE_GATEWAY, Role
from tests.houses import House, principal
from tests.partners.support import OPERATOR, a_partner, version
from tests.partners.systems import KEY, a_key, administrator, public, registered
from tests.promised import promise


async def acting(partners: House, client: dict[str, Any], key: int = 0) -> list[dict[str, Any]]:
    async with partners.calling(THE_GATEWAY) as http:
        path = f"/internal/clients/{client['id']}/acting"
        answer = await http.get(path, params={"key_id": client["keys"][key]["id"]})
        found: list[dict[str, Any]] = answer.json()
        return found


async def test_a_registered_system_acts_for_its_own_partner_and_nobody_else(
    partners: House,
) -> None:
    partner_id = await a_partner(partners)
    async with partners.calling(administrator(partner_id)) as http:
        made = await registered(http, partner_id)
        read = await http.get(f"/v1/clients/{made['id']}")
        listed = await http.get("/v1/clients", params={"status": "live"})
    assert read.json() == made == listed.json()["items"][0]
    assert read.headers["etag"] == '"1"'
    assert made["keys"][0]["jwk"] == public(KEY)
    assert await acting(partners, made) == [
        {"membership_id": made["id"], "account_id": made["id"], "role": "partner_system",
         "partner_id": partner_id, "partner_name": "Riverside Tutors", "person_id": None,
         "closed_agreements": [], "leads": [], "account_name": None, "account_email": None}
    ]  # fmt: skip
    assert len(await partners.events(ClientRegistered)) == 1


async def test_keys_are_rotated_and_an_ended_key_ends_the_tokens_obtained_with_it(
    partners: House,
) -> None:
    partner_id = await a_partner(partners)
    async with partners.calling(administrator(partner_id)) as http:
        made = await registered(http, partner_id)
        address = f"/v1/clients/{made['id']}"
        second = public(a_key("P-256", "two"))
        both = (await http.post(f"{address}/keys", json=second, headers=version(made))).json()
        key_id = both["keys"][0]["id"]
        ended = await http.delete(f"{address}/keys/{key_id}", headers=version(both))
        after = ended.json()
        again = await http.delete(f"{address}/keys/{key_id}", headers=version(after))
        back = await http.post(f"{address}/keys", json=public(KEY), headers=version(after))
        renamed = await http.post(
            f"{address}/keys", json=public(KEY, kid="three"), headers=version(after)
        )
    assert [await acting(partners, both, n) != [] for n in (0, 1)] == [False, True]
    codes = [answer.json()["code"] for answer in (again, back, renamed)]
    assert codes == ["key-ended", "key-id-taken", "key-taken"]
    assert len(await partners.events(ClientKeyAdded)) == 1
    [event] = await partners.events(ClientKeyEnded)
    assert event["data"]["key_id"] == key_id


@promise("Access and privacy", "A key that has ended is never taken again, in whatever place.")
@pytest.mark.parametrize("ending", ["the key", "the client"])
async def test_a_key_that_has_ended_is_taken_by_no_other_client(
    partners: House, ending: str
) -> None:
    partner_id, other_id = await a_partner(partners), await a_partner(partners, "Library")
    kept = public(a_key(kid="kept"))
    async with partners.calling(OPERATOR) as http:
        made = await registered(http, partner_id)
        address = f"/v1/clients/{made['id']}"
        part = f"/keys/{made['keys'][0]['id']}" if ending == "the key" else ""
        ended = await http.delete(f"{address}{part}", headers=version(made))
        other = await registered(http, other_id, kept)
        draft = {
            "partner_id": partner_id,
            "name": "x",
            "keys": [public(a_key()), public(KEY, kid="2")],
        }
        anew = await http.post("/v1/clients", json=draft)
        added = await http.post(
            f"/v1/clients/{other['id']}/keys", json=public(KEY, kid="2"), headers=version(other)
        )
        shared = await registered(http, partner_id, kept)
    assert ended.status_code == 200
    assert [answer.status_code for answer in (anew, added)] == [409, 409]
    assert [answer.json()["code"] for answer in (anew, added)] == ["key-ended"] * 2
    fields = [answer.json()["errors"][0]["field"] for answer in (anew, added)]
    assert fields == ["body.keys.1", "body"]
    assert shared["keys"][0]["thumbprint"] == other["keys"][0]["thumbprint"]  # a live one is taken


async def test_a_revoked_system_is_refused_and_stays_revoked(partners: House) -> None:
    partner_id = await a_partner(partners)
    async with partners.calling(administrator(partner_id)) as http:
        made = await registered(http, partner_id)
        address = f"/v1/clients/{made['id']}"
        stale = await http.delete(address, headers={"If-Match": '"7"'})
        revoked = (await http.delete(address, headers=version(made))).json()
        again = await http.delete(address, headers=version(revoked))
        more = await http.post(
            f"{address}/keys", json=public(a_key(kid="2")), headers=version(revoked)
        )
    assert (stale.status_code, revoked["status"]) == (412, "revoked")
    assert [a.json()["code"] for a in (again, more)] == ["client-revoked"] * 2
    assert await acting(partners, made) == []
    assert len(await partners.events(ClientRevoked)) == 1


async def test_a_partner_that_closes_revokes_its_systems(partners: House) -> None:
    partner_id = await a_partner(partners)
    async with partners.calling(OPERATOR) as http:
        made = await registered(http, partner_id)
        partner = (await http.get(f"/v1/partners/{partner_id}")).json()
        await http.post(f"/v1/partners/{partner_id}/closure", headers=version(partner))
        after = (await http.get(f"/v1/clients/{made['id']}")).json()
    assert after["status"] == "revoked"
    assert await acting(partners, made) == []


async def test_a_client_has_at_most_five_keys_at_once(partners: House) -> None:
    partner_id = await a_partner(partners)
    keys = [public(a_key(kid=str(n))) for n in range(6)]
    async with partners.calling(administrator(partner_id)) as http:
        draft = {"partner_id": partner_id, "name": "x", "keys": keys}
        none = await http.post("/v1/clients", json=draft | {"keys": []})
        many = await http.post("/v1/clients", json=draft)
        made = await registered(http, partner_id, *keys[:5])
        full = await http.post(
            f"/v1/clients/{made['id']}/keys", json=keys[5], headers=version(made)
        )
    assert (none.status_code, many.status_code) == (422, 422)
    assert full.json()["code"] == "keys-too-many"


RSA, EC = a_key("RSA"), a_key("P-256")
UNUSABLE = {
    "private": ({**KEY.as_dict(private=True)}, "body-malformed"),
    "private RSA": ({**RSA.as_dict(private=True)}, "body-malformed"),
    "one private part": (public(RSA, dp="AQAB"), "body-malformed"),
    "a secret": ({"kty": "oct", "k": "c2VjcmV0", "kid": "1"}, "body-malformed"),
    "no key id": ({k: v for k, v in public(KEY).items() if k != "kid"}, "body-malformed"),
    "a key id of another form": (public(KEY, kid="../1 2"), "body-malformed"),
    "an address to fetch it from": (public(KEY, jku="http://127.0.0.1:9"), "body-malformed"),
    "a certificate": (public(KEY, x5c=["MIIB"]), "body-malformed"),
    "for encryption": (public(KEY, use="enc"), "body-malformed"),
    "of another curve": (public(KEY, crv="X25519"), "body-malformed"),
    "no point": ({"kty": "EC", "crv": "P-256", "kid": "1", "x": public(EC)["x"]}, "key-unusable"),
    "a point beside the curve": (public(EC, y=public(EC)["x"]), "key-unusable"),
    "too short": (public(KEY, x="AAAA"), "key-unusable"),
    "RSA of nothing": ({"kty": "RSA", "kid": "1"}, "key-unusable"),
    "RSA of 1024 bits": (public(RSA, n=public(RSA)["n"][: 1024 // 6]), "key-unusable"),
    "RSA with the exponent 3": (public(RSA, e="Aw"), "key-unusable"),
    "RSA with the exponent 1": (public(RSA, e="AQ"), "key-unusable"),
    "RSA of 16384 bits": (public(RSA, n="x" * 2048), "body-malformed"),
    "an algorithm of another kind": (public(KEY, alg="RS256"), "key-unusable"),
    "HMAC": (public(KEY, alg="HS256"), "body-malformed"),
}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
async def test_only_a_trustworthy_public_key_is_accepted(partners: House) -> None:
    partner_id = await a_partner(partners)
    found = {}
    async with partners.calling(administrator(partner_id)) as http:
        for name, (jwk, _) in UNUSABLE.items():
            draft = {"partner_id": partner_id, "name": "x", "keys": [jwk]}
            found[name] = (await http.post("/v1/clients", json=draft)).json()
        good = [await registered(http, partner_id, public(key)) for key in (RSA, EC)]
    assert {name: each.get("code") for name, each in found.items()} == {
        name: code for name, (_, code) in UNUSABLE.items()
    }
    assert found["private"]["errors"][0]["code"] == "key_private"
    assert KEY.as_dict(private=True)["d"] not in str(found)
    assert len(good) == 2


async def test_two_keys_of_one_name_are_refused(partners: House) -> None:
    partner_id = await a_partner(partners)
    draft = {"partner_id": partner_id, "name": "x", "keys": [public(KEY), public(EC)]}
    async with partners.calling(administrator(partner_id)) as http:
        answer = await http.post("/v1/clients", json=draft)
    assert answer.json()["code"] == "key-id-taken"


async def test_an_administrator_maintains_only_the_systems_of_their_own_partner(
    partners: House,
) -> None:
    mine, others = await a_partner(partners), await a_partner(partners, "Others")
    async with partners.calling(OPERATOR) as http:
        made = await registered(http, others)
    address = f"/v1/clients/{made['id']}"
    async with partners.calling(administrator(mine)) as http:
        draft = {"partner_id": others, "name": "x", "keys": [public(KEY)]}
        foreign = await http.post("/v1/clients", json=draft)
        hidden, absent = await http.get(address), await http.get(f"/v1/clients/{uuid4()}")
        revoked = await http.delete(address, headers=version(made))
        key = await http.delete(f"{address}/keys/{made['keys'][0]['id']}", headers=version(made))
        listed = await http.get("/v1/clients")
    assert foreign.json()["code"] == "partner-not-own"
    assert hidden.json() == absent.json() == revoked.json() == key.json()
    assert listed.json()["items"] == []


@pytest.mark.parametrize(
    "role", [Role.CASE_WORKER, Role.EDUCATOR, Role.ANALYST, Role.GUARDIAN, Role.PARTNER_SYSTEM]
)
async def test_no_other_role_registers_systems(partners: House, role: Role) -> None:
    partner_id = await a_partner(partners)
    draft = {"partner_id": partner_id, "name": "x", "keys": [public(KEY)]}
    async with partners.calling(principal(role, partner_id=partner_id)) as http:
        answer = await http.post("/v1/clients", json=draft)
    assert answer.status_code == 403


async def test_a_district_maintains_the_systems_of_its_schools(partners: House) -> None:
    district = await a_partner(partners, kind="district")
    school = await a_partner(partners, "School", kind="school", parent_id=district)
    async with partners.calling(principal(Role.DISTRICT_ADMIN, partner_id=district)) as http:
        made = await registered(http, school)
        revoked = await http.delete(f"/v1/clients/{made['id']}", headers=version(made))
    assert revoked.json()["status"] == "revoked"
