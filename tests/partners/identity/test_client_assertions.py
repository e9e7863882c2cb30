"""A client authenticates by an assertion: its own, for this platform, short-lived, used once."""

import asyncio
import json
import logging
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.security.principal import THE_GATEWAY, Role
from tests.hostile import corpus, signed
from tests.houses import House, principal
from tests.partners.support import OPERATOR, a_partner, version
from tests.partners.systems import (
    AUDIENCES,
    KEY,
    OURS,
    a_key,
    assertion,
    claims_of,
    public,
    registered,
    used,
)
from tests.promised import promise


async def a_client(partners: House, *keys: Any) -> dict[str, Any]:
    partner_id = await a_partner(partners)
    async with partners.calling(OPERATOR) as http:
        return await registered(http, partner_id, *(public(key) for key in keys or (KEY,)))


async def taken(http: httpx.AsyncClient, text: str) -> tuple[int, dict[str, Any]]:
    body = {"assertion": text, "audiences": AUDIENCES}
    answer = await http.post("/internal/assertions", json=body)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [("Ed25519", "Ed25519"), ("Ed25519", "EdDSA"), ("P-256", "ES256"), ("RSA", "RS256"),
     ("RSA", "PS256")],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_an_assertion_by_each_kind_of_key_identifies_the_client_and_the_key(
    partners: House, kind: str, algorithm: str
) -> None:
    key = a_key(kind)
    client = await a_client(partners, key)
    async with partners.calling(THE_GATEWAY) as http:
        for audience in (*AUDIENCES, [OURS]):
            said = await taken(http, assertion(client["id"], key, algorithm, audience))
            known = {"client_id": client["id"], "key_id": client["keys"][0]["id"]}
            assert said == (200, known)


@promise("Access and privacy", "A client's assertion counts once.")
async def test_an_assertion_counts_once_however_many_come_at_once(partners: House) -> None:
    client = await a_client(partners)
    async with partners.calling(THE_GATEWAY) as http:
        text = assertion(client["id"])
        codes = [code for code, _ in await asyncio.gather(*(taken(http, text) for _ in range(8)))]
        same_id = [
            await taken(http, assertion(client["id"], jti="same", exp=int(time.time()) + n))
            for n in (60, 90)
        ]
    assert sorted(codes) == [200] + [401] * 7
    assert [code for code, _ in same_id] == [200, 401]


async def test_two_clients_may_use_one_id(partners: House) -> None:
    one, two = await a_client(partners), await a_client(partners)
    async with partners.calling(THE_GATEWAY) as http:
        codes = [(await taken(http, assertion(c["id"], jti="same")))[0] for c in (one, two)]
    assert codes == [200, 200]


@promise("Access and privacy", "A hostile assertion leaves no trace.")
async def test_a_hostile_assertion_is_refused_and_nothing_is_stored(partners: House) -> None:
    client = await a_client(partners)
    other = a_key(kid="other")
    stranger = await a_client(partners, other)
    id, now = client["id"], int(time.time())
    header = {"alg": "Ed25519", "kid": KEY.kid}
    own = corpus(header, claims_of(id, exp=now + 250), KEY)  # type: ignore[arg-type]

    def saying(**more: Any) -> str:
        return assertion(id, **more)

    texts = {name: make() for name, make in own.items()} | {
        "of another client by its own key": assertion(stranger["id"]),
        "in the name of another": assertion(id, other),
        "issued by another about this one": saying(iss=stranger["id"]),
        "about another": saying(sub=stranger["id"]),
        "of nobody": assertion(str(uuid4())),
        "client id in capitals": assertion(id.upper()),
        "client id with braces": assertion(f"{{{id}}}"),
        "client id without dashes": assertion(id.replace("-", "")),
        "client id as a URN": assertion(f"urn:uuid:{id}"),
        "client id of SQL": assertion("' or 1=1 --"),
        "valid for an hour": saying(exp=now + 3600),
        "valid for six minutes": saying(exp=now + 360),
        "valid for ever": saying(exp=2**53),
        "no id": saying(jti=...),
        "id null": saying(jti=None),
        "id empty": saying(jti=""),
        "id a number": saying(jti=1),
        "id a list": saying(jti=["1"]),
        "id too long": saying(jti="x" * 300),
        "id with a NUL": saying(jti="a\0b"),
        "for us and another": saying(audience=[OURS, "https://other.example"]),
        "for us twice": saying(audience=[OURS, OURS]),
        "for us by another path": saying(audience=f"{OURS}/oauth/token/"),
        "for us over HTTP": saying(audience=OURS.replace("https", "http")),
        "for another port": saying(audience=f"{OURS}:8443"),
        "for the audience of access tokens": saying(audience="education-partnership"),
        "an access token": saying(audience="education-partnership", scope="api"),
        "issued in the future": saying(iat=now + 120),
        "not yet": saying(nbf=now + 120),
        "issued before time": saying(iat=-1),
        "type of an access token": signed(
            json.dumps({**header, "typ": "at+jwt"}).encode(), json.dumps(claims_of(id)).encode(),
            KEY,  # type: ignore[arg-type]
        ),
    }  # fmt: skip
    found = {}
    async with partners.calling(THE_GATEWAY) as http:
        for name, text in texts.items():
            code, said = await taken(http, text)
            found[name] = (code, said.get("code"))
        good = await taken(http, saying())
    accepted = {name: each for name, each in found.items() if each[0] not in {401, 422}}
    assert accepted == {}
    assert {code for _, code in found.values()} <= {"assertion-refused", "body-malformed"}
    assert len(texts) >= 150
    assert (good[0], await used(partners)) == (200, 1)


async def test_an_assertion_is_refused_once_its_key_or_client_has_ended(partners: House) -> None:
    second = a_key("P-256", "two")
    client = await a_client(partners, KEY, second)
    address = f"/v1/clients/{client['id']}"
    codes = []
    async with partners.calling(OPERATOR) as http, partners.calling(THE_GATEWAY) as gateway:
        ended = await http.delete(
            f"{address}/keys/{client['keys'][0]['id']}", headers=version(client)
        )
        codes.append((await taken(gateway, assertion(client["id"])))[0])
        codes.append((await taken(gateway, assertion(client["id"], second, "ES256")))[0])
        await http.delete(address, headers=version(ended.json()))
        codes.append((await taken(gateway, assertion(client["id"], second, "ES256")))[0])
    assert codes == [401, 200, 401]


async def test_a_used_assertion_is_deleted_once_it_would_be_refused_anyway(
    partners: House,
) -> None:
    client = await a_client(partners)
    async with partners.calling(THE_GATEWAY) as http:
        for n in range(3):
            short = assertion(client["id"], exp=int(time.time()) + 2, jti=str(n))
            assert (await taken(http, short))[0] == 200
        await asyncio.sleep(2.1)
        await taken(http, assertion(client["id"]))
    assert await used(partners) == 1


async def test_the_log_has_the_reason_of_a_refused_assertion_and_the_answer_has_none(
    partners: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client = await a_client(partners)
    text = assertion(client["id"])
    said = {
        text: None,
        f"{text} again": "not-a-jwt",
        assertion(client["id"], audience="another"): "audience",
        assertion(client["id"], exp=int(time.time()) - 1): "expired",
        assertion(client["id"], exp=int(time.time()) + 3600): "valid-too-long",
        assertion(client["id"], jti=""): "assertion-id",
        assertion(client["id"], a_key(kid="other")): "key-unknown",
        assertion(client["id"], a_key(kid=str(KEY.kid))): "signature",
    }
    answers = set()
    async with partners.calling(THE_GATEWAY) as http:
        for each, reason in [*said.items(), (text, "used")]:
            caplog.clear()
            _, answer = await taken(http, each)
            logged = [r for r in caplog.records if r.getMessage() == "assertion refused"]
            assert [r.reason for r in logged] == ([reason] if reason else [])  # type: ignore[attr-defined]
            answers |= {json.dumps(answer)} if reason else set()
    assert len(answers) == 1


async def test_only_the_gateway_presents_assertions(partners: House) -> None:
    client = await a_client(partners)
    for role in (Role.OPERATOR, Role.PARTNER_SYSTEM, Role.PUBLIC):
        async with partners.calling(principal(role)) as http:
            code, _ = await taken(http, assertion(client["id"]))
            assert code in {401, 403}
