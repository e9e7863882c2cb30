"""People of several issuers sign in side by side: two real ones of different makes among them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

import gateway.authentication.issuers
from deploy.servers import free_port
from shared.core.settings import Settings
from tests.gateway.authentication.test_refusal_reasons import PUBLIC, answering, whole
from tests.gateway.authentication.test_signing_in import AWAY, GOOD, ask
from tests.gateway.services import ADDRESS, Network, network, token
from tests.oidc.glewlwyd import Glewlwyd, glewlwyd
from tests.oidc.provider import Provider, provider, sign_in
from tests.promised import promise

OURS = "https://platform.example.org"


def identities(net: Network) -> list[dict[str, str]]:
    """Each person that partners was asked for."""
    return [dict(r.query) for _, r in net.asked if r.path == "/internal/memberships"]


async def test_the_same_subject_at_two_issuers_is_two_people() -> None:
    async with (
        answering(whole, PUBLIC) as one,
        answering(whole, PUBLIC) as other,
        network(oidc_issuer=one, oidc_issuers=other) as (net, client),
    ):
        net.admit("operator")
        net.set("partners", "/v1/partners", [])
        for issuer in (one, other):
            assert await ask(client, token("ann", iss=issuer)) == GOOD
        assert identities(net) == [{"issuer": issuer, "subject": "ann"} for issuer in (one, other)]


@promise("Access and privacy", "An issuer that is away keeps out nobody but its own people.")
async def test_an_issuer_that_is_away_keeps_out_only_its_own_people() -> None:
    away = f"http://127.0.0.1:{free_port()}"
    async with (
        answering(whole, PUBLIC) as there,
        network(oidc_issuers=f"{away} {there}") as (net, client),
    ):
        net.admit("operator")
        net.set("partners", "/v1/partners", [])
        answers = await asyncio.gather(
            *(ask(client, token(iss=each)) for each in (away, there, away, there))
        )
    assert answers == [AWAY, GOOD, AWAY, GOOD]


async def test_a_key_of_one_issuer_signs_nothing_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway.authentication.issuers, "AGAIN_SECONDS", 0.0)
    other_keys = {"keys": [PUBLIC["keys"][0] | {"kid": "other"}]}
    async with (
        answering(whole, PUBLIC) as one,
        answering(whole, other_keys) as other,
        network(oidc_issuers=f"{one} {other}") as (net, client),
    ):
        net.admit("operator")
        assert await ask(client, token(iss=other)) == (401, "token-refused")
        assert net.asked == []


@promise(
    "Access and privacy",
    "A client finds the issuer for an e-mail address by itself, and the address reaches nobody.",
)
async def test_a_client_finds_the_issuer_for_a_domain_by_itself() -> None:
    listed = "https://id.example.org|example.org,schools.example.org https://login.example.net"
    async with network(oidc_issuer="https://first.example", oidc_issuers=listed) as (_, client):
        told = (await client.get("/.well-known/oauth-protected-resource")).json()
    assert told["issuers"] == [
        {"issuer": "https://first.example", "domains": []},
        {"issuer": "https://id.example.org", "domains": ["example.org", "schools.example.org"]},
        {"issuer": "https://login.example.net", "domains": []},
    ]
    assert told["authorization_servers"] == [
        *(each["issuer"] for each in told["issuers"]),
        ADDRESS,
    ]


def test_the_one_issuer_may_stand_in_the_list_again_to_have_domains() -> None:
    known = Settings(
        oidc_issuer="https://a.example",
        oidc_issuers="https://b|b.example https://a.example|A.Example",
    )
    assert known.issuers() == {"https://a.example": ("a.example",), "https://b": ("b.example",)}


@pytest.mark.parametrize(
    "listed",
    ["id.example.org", "https://id.example.org|", "https://id.example.org|ann@example.org",
     "https://a.example|example.org https://b.example|example.org",
     "https://a.example https://a.example", "https://a.example?tenant=1"],
)  # fmt: skip
def test_a_list_of_issuers_that_cannot_be_meant_is_refused(listed: str) -> None:
    with pytest.raises(ValueError, match="OIDC_ISSUERS"):
        Settings(oidc_issuers=listed)


@pytest.fixture
def one() -> Iterator[Provider]:
    with provider() as made:
        made.begin()
        yield made


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Glewlwyd]:
    with glewlwyd(tmp_path, OURS) as made:
        yield made


@promise(
    "Access and privacy", "People of two real issuers of different makes sign in side by side."
)
@pytest.mark.needs("npm")
@pytest.mark.needs("glewlwyd")
async def test_two_real_issuers_of_different_makes_sign_people_in_side_by_side(
    one: Provider, other: Glewlwyd
) -> None:
    both = f"{one.issuer} {other.issuer}"
    async with network(oidc_issuers=both, public_url=OURS) as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", [])
        tokens = [
            (await sign_in(one.issuer, "ann", OURS))["access_token"],
            (await asyncio.to_thread(other.sign_in, OURS))["access_token"],
        ]
        for each in tokens:
            assert await ask(client, each) == GOOD
    assert [each["issuer"] for each in identities(net)] == [one.issuer, other.issuer]
