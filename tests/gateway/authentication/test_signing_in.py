"""People sign in at a real OpenID provider, by code and PKCE; the gateway takes what it signs."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

import gateway.authentication.issuers
from tests.gateway.services import ADDRESS, Network, network
from tests.oidc.provider import Provider, provider, sign_in, signing_key
from tests.promised import promise

pytestmark = pytest.mark.needs("npm")
GOOD, REFUSED, AWAY = (200, None), (401, "token-refused"), (503, "issuer-away")


@pytest.fixture(scope="module")
def begun() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture
def issuer(begun: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    monkeypatch.setattr(gateway.authentication.issuers, "AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(gateway.authentication.issuers, "FIRST_AGAIN_SECONDS", 0.0)
    begun.settings = {}
    begun.begin()
    return begun


@asynccontextmanager
async def trusting(
    issuer: Provider, **more: Any
) -> AsyncIterator[tuple[Network, httpx.AsyncClient]]:
    async with network(oidc_issuer=issuer.issuer, **more) as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", [])
        yield net, client


async def ask(client: httpx.AsyncClient, token: str) -> tuple[int, str | None]:
    answer = await client.get("/v1/partners", headers={"Authorization": f"Bearer {token}"})
    said = answer.json()
    return answer.status_code, said.get("code") if isinstance(said, dict) else None


async def access_token(issuer: Provider, **more: Any) -> str:
    said = await sign_in(issuer.issuer, "ann", ADDRESS, **more)
    return str(said["access_token"])


@promise("Access and privacy", "People sign in at a real OpenID provider.")
@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
async def test_a_person_who_signs_in_is_the_subject_that_the_provider_names(
    issuer: Provider, algorithm: str
) -> None:
    issuer.begin(keys=[signing_key("first", algorithm)])
    async with trusting(issuer) as (net, client):
        assert await ask(client, await access_token(issuer)) == GOOD
    asked = next(r for _, r in net.asked if r.path == "/internal/memberships")
    assert dict(asked.query) == {"issuer": issuer.issuer, "subject": "ann"}


async def test_a_client_finds_everything_by_asking_the_gateway(issuer: Provider) -> None:
    async with trusting(issuer) as (_, client):
        stranger = await client.get("/v1/views/caseload", headers={"Authorization": ""})
        where = stranger.headers["www-authenticate"].partition('resource_metadata="')[2][:-1]
        told = (await client.get(where)).json()
        said = await sign_in(told["authorization_servers"][0], "ann", told["resource"])
        assert await ask(client, said["access_token"]) == GOOD
    assert stranger.status_code == 401
    assert (told["audience"], told["resource"]) == (ADDRESS, ADDRESS)
    assert told["bearer_methods_supported"] == ["header"]


async def test_without_proof_of_the_code_the_provider_gives_no_token(issuer: Provider) -> None:
    bare = await sign_in(issuer.issuer, "ann", ADDRESS, challenged=False)
    plain = await sign_in(issuer.issuer, "ann", ADDRESS, code_challenge_method="plain")
    assert (bare["error"], plain["error"]) == ("invalid_request", "invalid_request")


@promise(
    "Access and privacy",
    "The gateway accepts the provider's rotated keys and refuses the old ones.",
)
async def test_the_gateway_accepts_rotated_keys_and_refuses_the_old_ones(
    issuer: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = signing_key("first"), signing_key("second")
    issuer.begin(keys=[first])
    async with trusting(issuer) as (_, client):
        old = await access_token(issuer)
        before = await ask(client, old)
        issuer.begin(keys=[second, first])
        new = await access_token(issuer)
        both = [await ask(client, new), await ask(client, old)]
        issuer.begin(keys=[second])
        another = await access_token(issuer)
        kept = await ask(client, another)
        monkeypatch.setattr(gateway.authentication.issuers, "KEPT_SECONDS", 0)
        after = [await ask(client, old), await ask(client, new)]
    assert [before, *both, kept] == [GOOD] * 4
    assert after == [REFUSED, GOOD]


async def test_a_new_key_with_the_same_name_replaces_the_old_key(issuer: Provider) -> None:
    async with trusting(issuer) as (_, client):
        old = await access_token(issuer)
        assert await ask(client, old) == GOOD
        issuer.begin(keys=[signing_key("first"), signing_key("second")])
        assert await ask(client, old.replace(old.split(".")[0], _other_kid(old))) == REFUSED
        assert await ask(client, old) == REFUSED
        assert await ask(client, await access_token(issuer)) == GOOD


def _other_kid(token: str) -> str:
    """The header with a key id that makes the gateway look again."""
    from base64 import urlsafe_b64decode, urlsafe_b64encode

    header = urlsafe_b64decode(token.split(".", maxsplit=1)[0] + "==").replace(
        b'"first"', b'"secon"'
    )
    return urlsafe_b64encode(header).decode().rstrip("=")


@pytest.mark.parametrize(
    "settings",
    [{"audience": "another"}, {"format": "opaque"}],
    ids=str,
)
async def test_an_opaque_token_or_one_for_another_audience_is_refused(
    issuer: Provider, settings: dict[str, Any]
) -> None:
    issuer.begin(**settings)
    async with trusting(issuer) as (net, client):
        assert await ask(client, await access_token(issuer)) == REFUSED
    assert net.asked == []


async def test_a_token_is_refused_once_it_has_expired(issuer: Provider) -> None:
    for seconds in (3, 10, 60):  # a machine may be busier than the shortest is long
        issuer.begin(seconds=seconds)
        async with trusting(issuer) as (_, client):
            asked = time.time()
            token = await access_token(issuer)
            made = time.time()
            before = await ask(client, token)
            if time.time() > asked + seconds - 1:  # tokens count whole seconds
                continue
            await asyncio.sleep(made + seconds + 0.1 - time.time())
            assert (before, await ask(client, token)) == (GOOD, REFUSED)
            return
    pytest.fail("a minute was not enough to ask once")


async def test_a_token_of_an_issuer_that_is_not_ours_is_refused(issuer: Provider) -> None:
    with provider() as other:
        other.begin(keys=issuer.settings["keys"])
        foreign = await access_token(other)
    async with trusting(issuer) as (net, client):
        assert await ask(client, foreign) == REFUSED
    assert net.asked == []


async def test_an_id_token_is_no_access_token_even_where_the_client_has_our_name(
    issuer: Provider,
) -> None:
    said = await sign_in(issuer.issuer, "ann", ADDRESS)
    for audience in (ADDRESS, "web"):
        async with trusting(issuer, oidc_audience=audience) as (_, client):
            assert await ask(client, said["id_token"]) == REFUSED


async def test_while_the_provider_is_away_known_keys_serve_and_unknown_ones_wait(
    issuer: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await access_token(issuer)
    async with trusting(issuer) as (_, knowing), trusting(issuer) as (_, new):
        assert await ask(knowing, token) == GOOD
        issuer.stop()
        monkeypatch.setattr(gateway.authentication.issuers, "KEPT_SECONDS", 0)
        assert await ask(knowing, token) == GOOD
        assert await ask(new, token) == AWAY
        issuer.begin()
        assert await ask(new, token) == GOOD


async def test_the_gateway_does_not_trust_a_provider_that_answers_under_another_name(
    issuer: Provider,
) -> None:
    issuer.begin(issuer=f"http://localhost:{issuer.port}")
    async with trusting(issuer) as (_, client):
        said = await sign_in(f"http://localhost:{issuer.port}", "ann", ADDRESS)
        assert await ask(client, said["access_token"]) == REFUSED
        issuer.begin(issuer=issuer.issuer)
        token = await access_token(issuer)
        issuer.begin(issuer=f"http://localhost:{issuer.port}")
        assert await ask(client, token) == AWAY


@promise("Access and privacy", "No flood of made-up key ids reaches the provider.")
async def test_a_flood_of_unknown_keys_never_reaches_the_provider(
    issuer: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.authentication.issuers, "AGAIN_SECONDS", 3600.0)
    token = await access_token(issuer)
    before = httpx.get(f"{issuer.issuer}/asked").text
    head = _other_kid(token)
    async with trusting(issuer, requests_at_once=1_000) as (_, client):
        unknown = [f"{head}.{token.split('.', 1)[1][:-4]}{n:04d}" for n in range(200)]
        first = await asyncio.gather(*(ask(client, each) for each in unknown[:100]))
        assert await ask(client, token) == GOOD
        then = await asyncio.gather(*(ask(client, each) for each in unknown[100:]))
    assert set(first) | set(then) == {REFUSED}
    discovery_and_keys = int(httpx.get(f"{issuer.issuer}/asked").text) - int(before)
    assert discovery_and_keys == 2
