"""Access tokens: JWTs of the configured OpenID issuer for people, of the gateway itself for
partners' systems, and in a local environment of the development issuer.

RFC 9068 tokens, read strictly (shared/formats/jwts.py) and accepted only with an exact issuer, this
audience and whole numbers as times. Issuers also sign other things with the same keys. A token that
is recognizably not a bearer's access token is refused; a token without that type must show that it
is one.
"""

import time
from dataclasses import dataclass
from typing import Any, Protocol

from joserfc.jwk import Key, OKPKey

from shared.core.refusals import Unauthenticated
from shared.core.telemetry import SIGN_INS_REFUSED
from shared.formats.jwts import JwtRefused, Unverified, ensure_signed, unverified
from shared.security.tokens import listed

TYPED = frozenset({"at+jwt", "application/at+jwt"})
TYPES = TYPED | {"JWT"}
SKEW_SECONDS = 30
LATEST = 2**53  # seconds; above it two JSON readers may differ
SUBJECT_CHARACTERS = 255
KEPT_TOKENS = 20_000
# Claims of ID tokens (OpenID Connect Core 3.1.3.6, 3.3.2.11), of logout tokens, and of tokens bound
# to a key whose possession is not proven here (RFC 7800, RFC 9449).
FOREIGN = frozenset({"at_hash", "c_hash", "s_hash", "events", "cnf"})
# Claims that access tokens have where an issuer does not follow RFC 9068 yet; ID tokens never do.
SHOWN_BY = frozenset({"scope", "scp", "client_id"})
FOREIGN_TYP = frozenset({"ID", "Refresh", "Logout", "Offline"})


@dataclass(frozen=True)
class Identity:
    """A person or client as the issuer names them. Memberships give their role in the
    partnership."""

    issuer: str
    subject: str


class Keys(Protocol):
    """The source of an issuer's keys."""

    async def for_id(self, kid: str) -> Key | None: ...


class FixedKeys:
    """Keys given to this process. `private_keys`: an Ed25519 JWK as JSON, or a set of them during a
    rotation. `of`: the public keys by their ids."""

    def __init__(self, private_keys: str) -> None:
        self.of: dict[str, Key] = {}
        for each in listed(private_keys):
            key = OKPKey.import_key(each)
            self.of[key.kid or key.thumbprint()] = OKPKey.import_key(key.as_dict(private=False))

    async def for_id(self, kid: str) -> Key | None:
        return self.of.get(kid)


@dataclass(frozen=True)
class Verified:
    """A verified token. It stays verified while `key` is one of the issuer's."""

    expires: float
    identity: Identity
    kid: str
    key: Key


class AccessTokens:
    """Verifies tokens. A verified token is kept until it expires or its key is no longer the
    issuer's."""

    def __init__(self, audience: str, issuers: dict[str, Keys]) -> None:
        self._audience = audience
        self._issuers = issuers
        self._kept: dict[str, Verified] = {}

    async def identity(self, token: str) -> Identity:
        """The identity in a token. Raises Unauthenticated, in the same words for every fault."""
        known = self._kept.get(token)
        if known is None or not await self._holds(known):
            try:
                known = await self._verified(token)
            except (JwtRefused, KeyError, TypeError) as refused:
                self._kept.pop(token, None)
                SIGN_INS_REFUSED.inc()
                raise _refused() from refused
            if len(self._kept) >= KEPT_TOKENS:
                self._kept.clear()
            self._kept[token] = known
        return known.identity

    async def _holds(self, known: Verified) -> bool:
        if known.expires <= time.time():
            return False
        return await self._issuers[known.identity.issuer].for_id(known.kid) is known.key

    async def _verified(self, token: str) -> Verified:
        read = unverified(token, TYPES)
        # Every check that needs no key comes before the issuer is asked for one.
        _ensure_access_token(read)
        expires, identity = self._claimed(read.claims)
        key = await self._issuers[identity.issuer].for_id(read.kid)
        if key is None:
            raise JwtRefused("key")
        ensure_signed(read, key)
        return Verified(expires, identity, read.kid, key)

    def _claimed(self, claims: dict[str, Any]) -> tuple[float, Identity]:
        if claims["iss"] not in self._issuers or not self._is_for_us(claims["aud"]):
            raise JwtRefused("issuer or audience")
        expires, issued = claims["exp"], claims["iat"]
        begins = claims.get("nbf", issued)
        if any(
            type(each) is not int or not 0 <= each < LATEST for each in (expires, issued, begins)
        ):
            raise JwtRefused("times")
        if not max(issued, begins) - SKEW_SECONDS <= time.time() < expires:
            raise JwtRefused("expired")
        subject = claims["sub"]
        if not isinstance(subject, str) or not 1 <= len(subject) <= SUBJECT_CHARACTERS:
            raise JwtRefused("subject")
        if not subject.isprintable():
            raise JwtRefused("subject")
        return float(expires), Identity(claims["iss"], subject)

    def _is_for_us(self, audience: Any) -> bool:
        named = audience if isinstance(audience, list) else [audience]
        return all(isinstance(each, str) for each in named) and self._audience in named


def _ensure_access_token(read: Unverified) -> None:
    """Refuses an ID token: it would pass where an operator named a client like the audience."""
    claims = read.claims
    if FOREIGN & claims.keys() or claims.get("typ") in FOREIGN_TYP:
        raise JwtRefused("not an access token")
    typed = read.header.get("typ") in TYPED
    if not typed and ("nonce" in claims or not SHOWN_BY & claims.keys()):
        raise JwtRefused("not an access token")


def _refused() -> Unauthenticated:
    return Unauthenticated(
        "token-refused", "The access token is not valid here.",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )  # fmt: skip
