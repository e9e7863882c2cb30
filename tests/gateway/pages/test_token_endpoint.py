"""The token endpoint, as clients of OAuth find and ask it; partners judges the assertion."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest

from gateway.upstream.replicas import Replicas
from tests.gateway.services import ADDRESS, Network, network, problem, token

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": "a.b.c"}  # fmt: skip
ENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


def know(net: Network) -> dict[str, str]:
    known = {"client_id": str(uuid4()), "key_id": str(uuid4())}
    net.set("partners", "/internal/assertions", known)
    return known


async def ask(client: httpx.AsyncClient, form: Any = FORM, **more: Any) -> httpx.Response:
    del client.headers["Authorization"]
    answer = await client.post("/oauth/token", data=form, **more)
    client.headers["Authorization"] = f"Bearer {token()}"
    return answer


async def test_a_known_client_gets_a_token_of_ten_minutes_that_works(
) -> None:  # fmt: skip
    async with network() as (net, client):
        known = know(net)
        acting = {"membership_id": known["client_id"], "account_id": known["client_id"],
                  "role": "partner_system", "partner_id": str(uuid4())}  # fmt: skip
        net.set("partners", f"/internal/clients/{known['client_id']}/acting", [acting])
        net.set("partners", "/v1/partners", [])
        answer = await ask(client)
        said = answer.json()
        used = await client.get(
            "/v1/partners", headers={"Authorization": f"Bearer {said['access_token']}"}
        )
        asked = next(r for _, r in net.asked if r.path.endswith("/acting"))
        body = next(r for _, r in net.asked if r.path == "/internal/assertions")
    assert (said["token_type"], said["expires_in"]) == ("Bearer", 600)
    assert answer.headers["cache-control"] == "no-store"
    assert used.status_code == 200
    assert dict(asked.query) == {"key_id": known["key_id"]}
    assert await body.json() == {
        "assertion": "a.b.c", "audiences": [ADDRESS, f"{ADDRESS}/oauth/token"],
    }  # fmt: skip


async def test_a_removed_client_gets_nothing_with_its_token() -> None:
    async with network() as (net, client):
        known = know(net)
        net.set("partners", f"/internal/clients/{known['client_id']}/acting", [])
        made = (await ask(client)).json()["access_token"]
        answer = await client.get("/v1/partners", headers={"Authorization": f"Bearer {made}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "membership-missing")


async def test_the_discovery_documents_have_all_that_a_client_needs_in_the_standard_form() -> None:
    async with network() as (_, client):
        server = (await client.get("/.well-known/oauth-authorization-server")).json()
        keys = (await client.get(server["jwks_uri"])).json()
        resource = (await client.get("/.well-known/oauth-protected-resource")).json()
    assert server["issuer"] == ADDRESS
    assert server["token_endpoint"] == f"{ADDRESS}/oauth/token"
    assert server["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    [key] = keys["keys"]
    assert key["kid"] == "own" and "d" not in key
    assert resource["resource"] == ADDRESS
    assert ADDRESS in resource["authorization_servers"]


WRONG = {
    "nothing": ({}, "invalid_request"),
    "no grant type": ({k: v for k, v in FORM.items() if k != "grant_type"}, "invalid_request"),
    "another grant": (FORM | {"grant_type": "password"}, "unsupported_grant_type"),
    "a code": (FORM | {"grant_type": "authorization_code"}, "unsupported_grant_type"),
    "no assertion": ({k: v for k, v in FORM.items() if k != "client_assertion"}, "invalid_client"),
    "an empty one": (FORM | {"client_assertion": ""}, "invalid_client"),
    "no type": ({k: v for k, v in FORM.items() if "type" not in k[-5:] or k == "grant_type"},
                "invalid_client"),
    "another type": (FORM | {"client_assertion_type": "saml2-bearer"}, "invalid_client"),
    "a secret": (FORM | {"client_secret": "x"}, "invalid_client"),
    "a scope": (FORM | {"scope": "everything"}, "invalid_scope"),
    "another client's name": (FORM | {"client_id": str(uuid4())}, "invalid_client"),
    "too many parameters": (FORM | {f"p{n}": "x" for n in range(20)}, "invalid_request"),
    "too long": (FORM | {"client_assertion": "x" * 20_000}, "invalid_request"),
}  # fmt: skip


@pytest.mark.parametrize(("form", "error"), WRONG.values(), ids=WRONG)
async def test_a_wrong_request_is_refused_in_the_error_codes_of_oauth(
    form: dict[str, str], error: str
) -> None:
    async with network() as (net, client):
        know(net)
        answer = await ask(client, form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"
    assert error == "invalid_client" or net.asked == []


@pytest.mark.parametrize(
    "body",
    [
        urlencode(FORM) + "&grant_type=client_credentials",
        urlencode(FORM) + "&client_assertion=x.y.z",
        urlencode(FORM) + "&client_id",
        urlencode(FORM) + "&client_id=%ff",
        "\xff",
    ],
)
async def test_a_form_with_two_meanings_is_refused(body: str) -> None:
    async with network() as (net, client):
        know(net)
        answer = await ask(client, None, content=body.encode("latin-1"), headers=ENCODED)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert net.asked == []


async def test_only_a_form_without_another_way_of_authentication_is_accepted() -> None:
    async with network() as (net, client):
        know(net)
        as_json = await ask(client, None, json=FORM)
        twice = await client.post("/oauth/token", data=FORM)
        in_query = await ask(client, None, params=FORM, headers=ENCODED)
    assert [a.json()["error"] for a in (as_json, twice, in_query)] == ["invalid_request"] * 3
    assert net.asked == []


async def test_a_refused_assertion_is_an_invalid_client() -> None:
    async with network() as (net, client):
        refused = problem(401, "assertion-refused")
        net.set("partners", "/internal/assertions", refused, status=401)
        answer = await ask(client)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


async def test_a_client_is_answered_with_a_time_to_come_again_while_partners_is_away() -> None:
    async with network() as (net, client):
        net.gateway.upstream.replicas["partners"] = Replicas("http://127.0.0.1:1")
        answer = await ask(client)
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert answer.headers["retry-after"] == "1"


async def test_requests_for_tokens_count_towards_the_rate_limit() -> None:
    async with network(requests_per_minute=2) as (net, client):
        know(net)
        codes = [(await ask(client)).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


async def test_a_person_who_is_signed_in_can_accept_an_invitation() -> None:
    became = {"membership_id": str(uuid4()), "account_id": str(uuid4()), "role": "case_worker",
              "partner_id": str(uuid4()), "person_id": None}  # fmt: skip
    body = {"secret": "x" * 43}
    async with network(requests_per_minute=3) as (net, client):
        known = know(net)
        net.set("partners", "/internal/memberships", [])
        net.set("partners", "/internal/invitations/acceptance", became, status=201)
        system = (await ask(client)).json()["access_token"]
        nobody = await client.post(
            "/v1/invitations/acceptance", json=body, headers={"Authorization": "Bearer x.y.z"}
        )
        of_system = await client.post(
            "/v1/invitations/acceptance", json=body, headers={"Authorization": f"Bearer {system}"}
        )
        short = await client.post("/v1/invitations/acceptance", json={"secret": "x"})
        taken = await client.post("/v1/invitations/acceptance", json=body)
        net.set("partners", "/internal/memberships", [became])
        net.set("partners", "/v1/partners", [])
        then = await client.get("/v1/partners")
        asked = [r for _, r in net.asked if r.path == "/internal/invitations/acceptance"]
        many = [await client.post("/v1/invitations/acceptance", json=body) for _ in range(3)]
    assert known
    assert (nobody.status_code, of_system.json()["code"]) == (401, "person-needed")
    assert (short.status_code, taken.status_code, then.status_code) == (422, 201, 200)
    assert taken.json() == became
    assert [await each.json() for each in asked] == [
        body | {"issuer": f"{ADDRESS}/dev", "subject": "somebody"}
    ]
    assert many[-1].status_code == 429
