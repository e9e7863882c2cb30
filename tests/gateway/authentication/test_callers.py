"""Callers, the memberships that they act as, and the refusal of all others."""

import asyncio
import base64
import json
from uuid import uuid4

import aiohttp
import httpx
import pytest

import gateway.authentication.callers
from gateway.authentication.issuers import issuers
from gateway.authentication.own_tokens import OwnTokens
from gateway.upstream.replicas import Replicas
from shared.core.settings import Environment, Settings
from tests.gateway.services import ADDRESS, DEV_KEY, Network, network, problem, settings, token
from tests.promised import promise


async def test_a_signed_in_person_without_a_membership_gets_nothing() -> None:
    async with network() as (net, client):
        net.set("partners", "/internal/memberships", [])
        answer = await client.get("/v1/partners")
    assert (answer.status_code, answer.json()["code"]) == (403, "membership-missing")


async def test_somebody_without_a_membership_is_reported_and_acts_at_once_as_first_operator() -> (
    None
):
    async with network() as (net, client):
        first = net.admit("operator")
        net.set("partners", "/internal/memberships", [])
        net.set("partners", "/internal/sign-ins", [first])
        net.set("partners", "/v1/partners", [])
        answer = await client.get("/v1/partners")
        [reported] = [r for _, r in net.asked if r.path == "/internal/sign-ins"]
        told = await reported.json()
    assert (answer.status_code, reported.method) == (200, "POST")
    assert told == {
        "issuer": f"{ADDRESS}/dev", "subject": "somebody", "name": None, "email": None,
    }  # fmt: skip


async def reported(
    client: httpx.AsyncClient, net: Network, **claims: object
) -> list[dict[str, object]]:
    """All that partners was told of the person, after one more request with such a token."""
    headers = {"Authorization": f"Bearer {token(**claims)}"}
    assert (await client.get("/v1/partners", headers=headers)).status_code == 200
    net.gateway.callers.forget()
    told = [await r.json() for _, r in net.asked if r.path == "/internal/sign-ins"]
    return [{name: each[name] for name in ("name", "email")} for each in told]


async def test_the_name_and_the_verified_address_are_reported_once_and_when_they_change() -> None:
    ann = {"name": "Ann Rivera", "email": "ann@example.org", "email_verified": True}
    async with network() as (net, client):
        known = net.admit("operator")
        net.set("partners", "/internal/sign-ins", [known])
        net.set("partners", "/v1/partners", [])
        assert await reported(client, net) == []
        once = [{"name": "Ann Rivera", "email": "ann@example.org"}]
        assert await reported(client, net, **ann) == once
        assert await reported(client, net, **ann, jti="2") == once
        assert await reported(client, net) == once
        changed = ann | {"name": None, "given_name": "Ann", "family_name": "Núñez"}
        assert (await reported(client, net, **changed))[1:] == [
            {"name": "Ann Núñez", "email": "ann@example.org"}
        ]


@pytest.mark.parametrize(
    ("claims", "name", "email"),
    [
        ({"email": "ann@example.org"}, "Ann", None),
        ({"email": "ann@example.org", "email_verified": "true"}, "Ann", None),
        ({"email": "ann@example.org", "email_verified": False}, "Ann", None),
        ({"email": ["ann@example.org"], "email_verified": True}, "Ann", None),
        ({"name": "A\nnn", "email": "ann@example.org", "email_verified": True}, None,
         "ann@example.org"),
        ({"name": "A" * 300, "email": "ann@example.org", "email_verified": True}, None,
         "ann@example.org"),
    ],
)  # fmt: skip
async def test_an_unverified_address_and_an_unreadable_name_are_not_reported(
    claims: dict[str, object], name: str | None, email: str | None
) -> None:
    async with network() as (net, client):
        net.set("partners", "/internal/sign-ins", [net.admit("operator")])
        net.set("partners", "/v1/partners", [])
        [told] = await reported(client, net, **{"name": "Ann"} | claims)
    assert told == {"name": name, "email": email}


async def test_whoever_has_a_membership_works_on_where_the_report_of_a_name_fails() -> None:
    async with network() as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", [])
        for status in (404, 503):
            net.set("partners", "/internal/sign-ins", problem(status, "away"), status=status)
            headers = {"Authorization": f"Bearer {token(name='Ann')}"}
            assert (await client.get("/v1/partners", headers=headers)).status_code == 200
            net.gateway.callers.forget()


async def test_a_partners_system_is_never_reported_as_somebody_who_signs_in() -> None:
    async with network() as (net, client):
        own = net.gateway.own_tokens.token(client_id := uuid4(), uuid4())
        net.set("partners", f"/internal/clients/{client_id}/acting", [])
        bearer = {"Authorization": f"Bearer {own}"}
        answer = await client.get("/v1/partners", headers=bearer)
    assert answer.json()["code"] == "membership-missing"
    assert "/internal/sign-ins" not in net.paths("partners")


async def test_a_role_in_the_token_has_no_effect() -> None:
    async with network() as (net, client):
        net.admit("guardian")
        net.set("partners", "/v1/partners", [])
        forged = token(role="operator", roles=["operator"])
        await client.get("/v1/partners", headers={"Authorization": f"Bearer {forged}"})
        [asked] = [r for _, r in net.asked if r.path == "/v1/partners"]
    body = asked.headers["Authorization"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert claims["caller"]["role"] == "guardian"


@promise(
    "Access and privacy",
    "The gateway sends the caller's closed agreements along with each question.",
)
async def test_the_gateway_passes_the_closed_agreements_on_with_each_request() -> None:
    await passed_on("case_worker", "closed_agreements")


async def test_the_gateway_passes_the_partnerships_that_the_caller_leads_on_with_each_request() -> (
    None
):
    await passed_on("backbone", "leads")


async def passed_on(role: str, field: str) -> None:
    ids = [str(uuid4()), str(uuid4())]
    async with network() as (net, client):
        net.admit(role, **{field: ids})
        net.set("students", "/v1/students", [])
        await client.get("/v1/students")
        [asked] = [r for _, r in net.asked if r.path == "/v1/students"]
    body = asked.headers["Authorization"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert set(claims["caller"][field]) == set(ids)


async def test_a_person_with_several_memberships_chooses_the_one_to_act_as() -> None:
    one = {"membership_id": str(uuid4()), "account_id": str(uuid4()), "role": "educator"}
    two = one | {"membership_id": str(uuid4()), "role": "guardian"}
    async with network() as (net, client):
        net.set("partners", "/internal/memberships", [one, two])
        net.set("partners", "/v1/partners", [])
        roles = []
        for acting in ({}, {"Acting-As": two["membership_id"]}):
            await client.get("/v1/partners", headers=acting)
            body = net.asked[-1][1].headers["Authorization"].split(".")[1]
            roles.append(json.loads(base64.urlsafe_b64decode(body + "=="))["caller"]["role"])
        strange = await client.get("/v1/partners", headers={"Acting-As": str(uuid4())})

    assert roles == ["educator", "guardian"]
    assert (strange.status_code, strange.json()["code"]) == (400, "acting-as-unknown")


@pytest.mark.parametrize(
    ("role", "said", "purpose"),
    [
        ("case_worker", None, "service"),
        ("case_worker", "evaluation", "evaluation"),
        ("partner_system", "coordination", "coordination"),
        ("educator", None, "education"),
        ("educator", "study", "education"),
        ("guardian", None, "family"),
    ],
)
async def test_only_a_partner_chooses_the_purpose_of_a_request(
    role: str, said: str | None, purpose: str
) -> None:
    async with network() as (net, client):
        net.admit(role)
        net.set("partners", "/v1/partners", [])
        await client.get("/v1/partners", headers={"Purpose": said} if said else {})
        body = net.asked[-1][1].headers["Authorization"].split(".")[1]
        signed = json.loads(base64.urlsafe_b64decode(body + "=="))["caller"]["purpose"]
    assert signed == purpose


async def test_an_unknown_purpose_is_refused() -> None:
    async with network() as (net, client):
        net.admit("case_worker")
        answer = await client.get("/v1/partners", headers={"Purpose": "curiosity"})
    assert (answer.status_code, answer.json()["code"]) == (400, "purpose-unknown")


async def test_a_development_issuer_cannot_be_set_in_production() -> None:
    with pytest.raises(ValueError, match="DEVELOPMENT_ISSUER_KEY"):
        Settings(environment=Environment.PRODUCTION, development_issuer_key=DEV_KEY)


async def test_every_401_names_the_address_that_describes_how_to_sign_in() -> None:
    refused = problem(401, "sign-in-required")
    async with network() as (net, client):
        net.set("students", "/v1/students", refused, status=401)
        del client.headers["Authorization"]
        answers = [
            await client.get("/v1/students"),
            await client.get("/v1/views/caseload"),
            await client.get("/v1/students", headers={"Authorization": "Basic eA=="}),
            await client.get("/v1/students", headers={"Authorization": "Bearer x.y.z"}),
        ]
    where = f'resource_metadata="{ADDRESS}/.well-known/oauth-protected-resource"'
    assert [answer.status_code for answer in answers] == [401] * 4
    assert [answer.headers["www-authenticate"] for answer in answers] == [
        f"Bearer {where}", f"Bearer {where}", f"Bearer {where}",
        f'Bearer error="invalid_token", {where}',
    ]  # fmt: skip


async def test_the_gateway_does_not_start_without_a_key_of_its_own_or_as_peoples_issuer() -> None:
    with pytest.raises(ValueError, match="ACCESS_TOKEN_PRIVATE_KEY"):
        OwnTokens(settings(access_token_private_key=""))
    own = OwnTokens(settings()).keys
    async with aiohttp.ClientSession() as http:
        for named in ({"oidc_issuer": ADDRESS}, {"oidc_issuers": f"https://id.example {ADDRESS}"}):
            with pytest.raises(ValueError, match="PUBLIC_URL"):
                issuers(settings(**named), http, own)


async def test_an_ended_membership_has_no_effect_once_the_gateway_receives_its_event() -> None:
    async with network() as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", [])
        before = await client.get("/v1/partners")
        net.set("partners", "/internal/memberships", [])
        net.gateway.callers.forget()
        after = await client.get("/v1/partners")
    assert [a.status_code for a in (before, after)] == [200, 403]


@promise("Access and privacy", "Whatever lets a caller in can be ended, and ends within a second.")
async def test_an_ended_membership_has_no_effect_soon_even_if_no_event_ever_arrives() -> None:
    async with network() as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", [])
        assert (await client.get("/v1/partners")).status_code == 200
        net.set("partners", "/internal/memberships", [])
        async with asyncio.timeout(5):
            while (await client.get("/v1/partners")).status_code != 403:
                await asyncio.sleep(0.05)


async def test_requests_beyond_the_rate_are_refused_with_a_time_to_wait() -> None:
    async with network(requests_per_minute=3) as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", [])
        answers = [await client.get("/v1/partners") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 61


@promise("Access and privacy", "Refused tokens count for their address.")
async def test_refused_tokens_count_against_their_address_and_lock_out_no_valid_token() -> None:
    async with network(requests_per_minute=3) as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", [])
        guess = {"Authorization": "Bearer guess"}
        guesses = [await client.get("/v1/partners", headers=guess) for _ in range(4)]
        good = await client.get("/v1/partners")
        taking = await client.post(
            "/v1/invitations/acceptance", json={"secret": "x" * 43}, headers=guess
        )
    assert taking.status_code == 429
    assert [answer.status_code for answer in guesses] == [401, 401, 401, 429]
    assert "retry-after" in guesses[-1].headers
    assert good.status_code == 200


async def test_many_requests_of_one_caller_ask_partners_once_and_an_outdated_answer_is_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway.authentication.callers, "KEPT_SECONDS", 60.0)
    async with network() as (net, client):
        admitted = net.admit("operator")
        net.set("partners", "/internal/memberships", [admitted], seconds=0.5)
        net.set("partners", "/v1/partners", [])
        first = [asyncio.create_task(client.get("/v1/partners")) for _ in range(30)]
        while not net.asked:
            await asyncio.sleep(0.001)
        net.gateway.callers.forget()  # an event comes while partners still says what was before
        net.set("partners", "/internal/memberships", [])
        after = await client.get("/v1/partners")
        before = await asyncio.gather(*first)
        asked = net.paths("partners").count("/internal/memberships")
    assert {answer.status_code for answer in before} == {200}
    assert (after.status_code, asked) == (403, 2)


async def test_the_gateway_recognizes_nobody_while_partners_is_away() -> None:
    async with network() as (net, client):
        address = net.gateway.upstream.replicas["partners"]
        net.gateway.upstream.replicas["partners"] = Replicas("http://127.0.0.1:1")
        answer = await client.get("/v1/students")
        net.gateway.upstream.replicas["partners"] = address
        net.admit("operator")
        net.set("students", "/v1/students", [])
        again = await client.get("/v1/students")
    assert (answer.status_code, again.status_code) == (503, 200)


async def test_a_services_refusal_comes_through_word_for_word() -> None:
    refused = problem(409, "program-full", "The program is full.")
    async with network() as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", refused, status=409, headers={"ETag": '"3"'})
        answer = await client.post("/v1/partners", json={"name": "x"})
    assert (answer.status_code, answer.json()) == (409, refused)
    assert answer.headers["etag"] == '"3"'
