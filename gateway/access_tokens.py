"""Access tokens of people: JWTs of the configured OpenID issuer, or of the development issuer.

RFC 9068 tokens behind a strict wrapper (RFC 8725): size and alphabet before parsing, exact header
keys, asymmetric algorithms only, no duplicate keys, exact issuer, audience named, integer times.
"""

import json
import re
import time
from dataclasses import dataclass
from typing import Any, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key, OKPKey

from shared.refusals import Unauthenticated

TOKEN_BYTES = 8192
COMPACT = re.compile(r"[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}", re.ASCII)
KEY_ID = re.compile(r"[A-Za-z0-9._~=+/-]{1,200}", re.ASCII)
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
HEADER_KEYS = frozenset({"alg", "kid", "typ"})
TYPES = frozenset({"at+jwt", "application/at+jwt", "JWT"})
SKEW_SECONDS = 30
SUBJECT_CHARACTERS = 255
KEPT_TOKENS = 20_000


@dataclass(frozen=True)
class Identity:
    """Who an issuer says somebody is; what they are to the partnership, memberships say."""

    issuer: str
    subject: str


class Keys(Protocol):
    """Where an issuer's keys come from."""

    async def for_id(self, kid: str) -> Key | None: ...


class FixedKeys:
    """The development issuer's one key."""

    def __init__(self, private_key: str) -> None:
        key = OKPKey.import_key(json.loads(private_key))
        self._key = OKPKey.import_key(key.as_dict(private=False))

    async def for_id(self, kid: str) -> Key | None:  # noqa: ARG002
        return self._key


class AccessTokens:
    """Verifies tokens; a verified one is kept until it expires."""

    def __init__(self, audience: str, issuers: dict[str, Keys]) -> None:
        self._audience = audience
        self._issuers = issuers
        self._kept: dict[str, tuple[float, Identity]] = {}

    async def identity(self, token: str) -> Identity:
        """Raises Unauthenticated, always in the same words."""
        expires, identity = self._kept.get(token, (0.0, None))
        if identity is not None and expires > time.time():
            return identity
        try:
            expires, identity = await self._verified(token)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as refused:
            raise _refused() from refused
        if len(self._kept) >= KEPT_TOKENS:
            self._kept.clear()
        self._kept[token] = (expires, identity)
        return identity

    async def _verified(self, token: str) -> tuple[float, Identity]:
        if len(token) > TOKEN_BYTES or not COMPACT.fullmatch(token):
            raise ValueError("form")
        unread = jws.extract_compact(token.encode())
        header = unread.headers()
        _check_header(header)
        claims = _object(unread.payload)
        keys = self._issuers[claims["iss"]]
        key = await keys.for_id(header.get("kid", ""))
        if key is None:
            raise ValueError("key")
        jws.deserialize_compact(token, key, algorithms=ALGORITHMS)
        return self._check_claims(claims)

    def _check_claims(self, claims: dict[str, Any]) -> tuple[float, Identity]:
        now = time.time()
        audience = claims["aud"]
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise ValueError("audience")
        for name in ("exp", "iat"):
            if type(claims[name]) is not int:
                raise ValueError("times")
        if not claims.get("nbf", claims["iat"]) - SKEW_SECONDS <= now < claims["exp"]:
            raise ValueError("expired")
        subject = claims["sub"]
        if not isinstance(subject, str) or not 1 <= len(subject) <= SUBJECT_CHARACTERS:
            raise ValueError("subject")
        return float(claims["exp"]), Identity(claims["iss"], subject)


def _check_header(header: dict[str, Any]) -> None:
    if not header.keys() <= HEADER_KEYS or header.get("alg") not in ALGORITHMS:
        raise ValueError("header")
    if header.get("typ", "JWT") not in TYPES:
        raise ValueError("type")
    if "kid" in header and not KEY_ID.fullmatch(header["kid"]):
        raise ValueError("key id")


def _object(payload: bytes) -> dict[str, Any]:
    """The claims; raises ValueError where a name comes twice, since two readers would differ."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise ValueError("duplicate")
        return made

    claims = json.loads(payload, object_pairs_hook=once)
    if not isinstance(claims, dict):
        raise TypeError("claims")
    return claims


def _refused() -> Unauthenticated:
    return Unauthenticated(
        "token-refused", "The access token is not valid here.",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )  # fmt: skip
