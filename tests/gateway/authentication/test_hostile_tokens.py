"""The gateway refuses a token before it asks any service, unless the token is a valid access
token of an accepted issuer for this gateway."""

import asyncio
import json
import time
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.authentication.access_tokens import AccessTokens, FixedKeys
from shared.core.refusals import Unauthenticated
from tests.gateway.services import ACCESS_KEY, ADDRESS, DEV_KEY, network, token
from tests.hostile import NOW, corpus, private_of, signed
from tests.promised import promise

HEADER = {"alg": "Ed25519", "typ": "at+jwt", "kid": "dev"}
UNTYPED = {"alg": "Ed25519", "kid": "dev"}
CLAIMS = {"iss": f"{ADDRESS}/dev", "sub": "somebody", "aud": ADDRESS, "iat": NOW,
          "exp": NOW + 6000}  # fmt: skip


def saying(header: dict[str, object] | None = None, key: str = DEV_KEY, **other: object) -> str:
    claims = {name: value for name, value in {**CLAIMS, **other}.items() if value is not ...}
    return signed(
        json.dumps(header or HEADER).encode(), json.dumps(claims).encode(), private_of(key)
    )


GOOD = saying()
HOSTILE = corpus(HEADER, CLAIMS, private_of(DEV_KEY)) | {
    "an ID token by its hash": lambda: saying(at_hash="abc"),
    "an ID token by its code": lambda: saying(c_hash="abc"),
    "an ID token by its own word": lambda: saying(typ="ID"),
    "an ID token by its nonce": lambda: saying(UNTYPED, nonce="n", scope="openid"),
    "an ID token by nothing at all": lambda: saying(UNTYPED),
    "an ID token for one party": lambda: saying(UNTYPED | {"typ": "JWT"}, azp="web"),
    "an ID token by its use": lambda: saying(token_use="id"),
    "a refresh token": lambda: saying(typ="Refresh"),
    "of a kind that is a list": lambda: saying(typ=["ID"]),
    "for no audience, of another client": lambda: saying(
        aud=..., token_use="access", client_id="another"
    ),
    "for no audience, of the audience as a client": lambda: saying(aud=..., client_id=ADDRESS),
    "a logout token": lambda: saying(events={"http://schemas.openid.net/event": {}}),
    "bound to a key of the client": lambda: saying(cnf={"jkt": "abc"}),
    "the platform's own, by the development key": lambda: saying(iss=ADDRESS),
    "the platform's own, by the development key under its id": lambda: saying(
        HEADER | {"kid": "own"}, iss=ADDRESS
    ),
    "the development issuer's, by the platform's key": lambda: saying(key=ACCESS_KEY),
    "a principal of the gateway": lambda: saying({"alg": "Ed25519", "typ": "principal+jwt"}),
}


@promise(
    "Access and privacy",
    "The gateway refuses a token that is not exactly an access token for here and now, before "
    "it asks anybody.",
)
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
async def test_a_hostile_token_is_refused_before_anybody_is_asked(hostile: object) -> None:
    assert callable(hostile)
    async with network() as (net, client):
        net.admit("operator")
        authorization = f"Bearer {hostile()}".encode("latin-1", "replace")
        answer = await client.get("/v1/partners", headers={"Authorization": authorization})

    assert (answer.status_code, answer.json()["code"]) == (401, "token-refused")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert net.asked == []


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(HOSTILE) >= 150


async def test_a_good_token_is_accepted_so_that_the_refusals_mean_something() -> None:
    async with network() as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", [])
        answers = [
            await client.get("/v1/partners", headers={"Authorization": f"Bearer {good}"})
            for good in (
                token(),
                GOOD,
                saying(aud=["another", ADDRESS]),
                saying(nbf=NOW),
                saying(HEADER | {"alg": "EdDSA"}),
                saying({"alg": "Ed25519", "kid": "dev"}, scope="api"),
                saying(scope="openid", nonce="n", azp="web", jti=str(uuid4())),
                saying(HEADER | {"typ": "AT+JWT"}),
                saying(HEADER | {"typ": "application/at+jwt"}),
                saying(HEADER | {"foo": "bar", "cty": "JWT", "nonce": ["n"], "x5t": 1}),
            )
        ]
        small = await client.get("/v1/partners", headers={"Authorization": f"bearer {GOOD}"})
    assert [answer.status_code for answer in (*answers, small)] == [200] * 11


TOKENS = AccessTokens(frozenset({ADDRESS}), {f"{ADDRESS}/dev": FixedKeys(DEV_KEY)})


async def refused(text: str) -> bool:
    try:
        await TOKENS.identity(text)
    except Unauthenticated:
        return True
    return False


@promise(
    "Access and privacy",
    "The gateway refuses a token that is not exactly an access token for here and now, before "
    "it asks anybody.",
)
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(GOOD) * 8 - 1))
async def test_a_token_with_any_bit_flipped_is_refused(place: int) -> None:
    raw = bytearray(GOOD.encode())
    raw[place // 8] ^= 1 << place % 8
    assert await refused(raw.decode("latin-1"))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=300) | st.lists(st.text(max_size=40), min_size=3, max_size=5).map(".".join)
)
async def test_any_text_in_place_of_a_token_is_refused_without_a_failure(text: str) -> None:
    assert await refused(text)


async def test_a_kept_token_is_refused_once_it_has_expired() -> None:
    async with network() as (net, client):
        net.admit("operator")
        net.set("partners", "/v1/partners", [])

        async def ask(token: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            return (await client.get("/v1/partners", headers=headers)).status_code

        for seconds in (2, 10, 60):  # a machine may be busier than the shortest is long
            expires = int(time.time()) + seconds
            token = saying(exp=expires)
            before = await ask(token)
            if time.time() < expires:
                break
        await asyncio.sleep(expires + 0.1 - time.time())
        assert (before, await ask(token)) == (200, 401)
