"""Signs and verifies our own short tokens: joserfc behind a strict wrapper.

Every part of a token is checked, cheapest first: size, alphabet, header keys, algorithm, type,
signature, then claims and times (RFC 8725).
"""

import re
import time
from base64 import urlsafe_b64encode
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

TOKEN_BYTES = 4096
COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
ALGORITHM = "Ed25519"
ALGORITHMS = [ALGORITHM]
CLOCK_SKEW_SECONDS = 5
LIFETIME_MOST_SECONDS = 300


class TokenRefused(Exception):
    """The token is not one of ours, not for this service, or not valid now."""


class Signer:
    """Signs tokens of one type. `private_key`: an Ed25519 JWK as JSON."""

    def __init__(self, private_key: str, type: str) -> None:
        self._key = OKPKey.import_key(orjson.loads(private_key))
        self._header = {"alg": ALGORITHM, "typ": type}

    def sign(self, claims: dict[str, Any]) -> str:
        return jws.serialize_compact(
            dict(self._header), orjson.dumps(claims), self._key, algorithms=ALGORITHMS
        )


def listed(keys: str) -> list[dict[str, Any]]:
    """The JWKs in a setting: one alone, or a JWK set (RFC 7517) while one key takes over from
    another."""
    read = orjson.loads(keys)
    found: list[dict[str, Any]] = read.get("keys", [read])
    return found


class Verifier:
    """Verifies tokens of one type. `public_keys`: an Ed25519 JWK as JSON, or a set of them, any of
    which may have signed. Only a token exactly as `Signer` writes it passes: with the very header,
    and with claims that have no key twice and no blank. `most_bytes`: of the whole token."""

    def __init__(
        self, public_keys: str, type: str, *, issuer: str, audience: str,
        most_bytes: int = TOKEN_BYTES,
    ) -> None:  # fmt: skip
        self._keys = [OKPKey.import_key(key) for key in listed(public_keys)]
        header = orjson.dumps({"alg": ALGORITHM, "typ": type})
        self._start = urlsafe_b64encode(header).decode().rstrip("=") + "."
        self._issuer = issuer
        self._audience = audience
        self._most_bytes = most_bytes
        self._registry = jws.JWSRegistry(algorithms=ALGORITHMS)
        self._registry.max_payload_length = most_bytes

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a valid token. Raises `TokenRefused`."""
        if len(token) > self._most_bytes or not COMPACT.fullmatch(token):
            raise TokenRefused("form")
        if not token.startswith(self._start):
            raise TokenRefused("header")
        payload = self._signed(token)
        try:
            claims = orjson.loads(payload)
            as_signed = orjson.dumps(claims) == payload
        except (ValueError, TypeError) as error:
            raise TokenRefused("claims") from error
        if not as_signed or not isinstance(claims, dict):
            raise TokenRefused("claims")
        self._check(claims, time.time())
        return claims

    def _signed(self, token: str) -> bytes:
        refused: Exception | None = None
        for key in self._keys:
            try:
                return jws.deserialize_compact(token, key, registry=self._registry).payload
            except (JoseError, ValueError, TypeError) as error:
                refused = error
        raise TokenRefused("signature") from refused

    def _check(self, claims: dict[str, Any], now: float) -> None:
        if claims.get("iss") != self._issuer or claims.get("aud") != self._audience:
            raise TokenRefused("issuer or audience")
        issued, expires = claims.get("iat"), claims.get("exp")
        if type(issued) is not int or type(expires) is not int:
            raise TokenRefused("times")
        if expires - issued > LIFETIME_MOST_SECONDS:
            raise TokenRefused("lifetime")
        if not issued - CLOCK_SKEW_SECONDS <= now < expires:
            raise TokenRefused("expired")
