"""Partners' systems in tests: their keys, and the assertions they sign."""

import json
import time
from typing import Any
from uuid import uuid4

import httpx
from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from shared.security.principal import Principal, Role
from tests.houses import House, principal

OURS = "https://platform.example"
AUDIENCES = [OURS, f"{OURS}/oauth/token"]


def a_key(kind: str = "Ed25519", kid: str = "one") -> Key:
    if kind == "RSA":
        return RSAKey.generate_key(2048, {"kid": kid})
    if kind == "P-256":
        return ECKey.generate_key("P-256", {"kid": kid})
    return OKPKey.generate_key("Ed25519", {"kid": kid})


KEY = a_key()


def public(key: Key, **more: Any) -> dict[str, Any]:
    return {**key.as_dict(private=False), **more}


def claims_of(client_id: str, audience: Any = OURS, **more: Any) -> dict[str, Any]:
    now = int(time.time())
    made = {"iss": client_id, "sub": client_id, "aud": audience, "iat": now, "exp": now + 60,
            "jti": str(uuid4())}  # fmt: skip
    return {name: value for name, value in (made | more).items() if value is not ...}


def assertion(
    client_id: str, key: Key = KEY, algorithm: str = "Ed25519", audience: Any = OURS, **more: Any
) -> str:
    return jws.serialize_compact(
        {"alg": algorithm, "kid": key.kid or ""},
        json.dumps(claims_of(client_id, audience, **more)).encode(), key, algorithms=[algorithm],
    )  # fmt: skip


def administrator(partner_id: str) -> Principal:
    return principal(Role.PARTNER_ADMIN, partner_id=partner_id)


async def registered(
    http: httpx.AsyncClient, partner_id: str, *keys: dict[str, Any]
) -> dict[str, Any]:
    draft = {"partner_id": partner_id, "name": "Attendance sync", "keys": list(keys)}
    answer = await http.post(
        "/v1/clients", json=draft if keys else draft | {"keys": [public(KEY)]}
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def used(partners: House) -> int:
    [row] = await partners.rows("select count(*) as n from used_assertion")
    return int(row["n"])
