"""Access tokens: JWTs of the configured OpenID issuers for people, of the gateway itself for partners'
systems, and in a local environment of the development issuer.

RFC 9068 tokens, read strictly (shared/formats/jwts.py) and accepted only with an exact issuer, an
audience of ours and whole numbers as times. Issuers also sign other things with the same keys. A token
that is recognizably not a bearer's access token is refused; a token without that type must show that it
is one. Every refusal is answered alike; its reason goes into the log and the metric.
"""

import logging
import re
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from joserfc.jwk import Key, OKPKey

from shared.contracts.partners.account import NAME_CHARACTERS
from shared.core.refusals import Unauthenticated
from shared.core.telemetry import SIGN_INS_REFUSED
from shared.formats.jwts import JwtRefused, Reason, Unverified, ensure_signed, parts, unverified
from shared.security.tokens import listed

log = logging.getLogger(__name__)

TYPED = "at+jwt"
TYPES = frozenset({TYPED, "jwt"})
SKEW_SECONDS = 30
LATEST = 2**53  # seconds; above it two JSON readers may differ
SUBJECT_CHARACTERS = 255
KEPT_TOKENS = 20_000
# Claims of ID tokens (OpenID Connect Core 3.1.3.6, 3.3.2.11) and of logout tokens.
FOREIGN = frozenset({"at_hash", "c_hash", "s_hash", "events"})
# Of tokens bound to a key whose possession is not proven here (RFC 7800, RFC 9449).
BOUND = "cnf"
# Claims that access tokens have where an issuer does not follow RFC 9068 yet; ID tokens never do.
SHOWN_BY = frozenset({"scope", "scp", "client_id"})
# The kinds that Keycloak names in a claim `typ`, and Cognito in `token_use`.
FOREIGN_TYP = frozenset({"ID", "Refresh", "Logout", "Offline"})
BEARER_TYP = "Bearer"
OF_ACCESS = "access"
# An issuer's address, as the log may have it: without a place for a person's name or e-mail.
ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:\d{1,5})?[A-Za-z0-9._~/-]{0,200}", re.ASCII)
for each_reason in Reason:
    SIGN_INS_REFUSED.labels(each_reason)  # so that a first refusal is a rise from zero


@dataclass(frozen=True)
class Profile:
    """A person's name, and an address that the issuer has verified, where its tokens have them."""

    name: str | None
    email: str | None


@dataclass(frozen=True)
class Identity:
    """A person or client as the issuer names them. Memberships give their role in the
    partnership."""

    issuer: str
    subject: str
    profile: Profile = field(default=Profile(None, None), compare=False)


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

    def __init__(self, audiences: frozenset[str], issuers: dict[str, Keys]) -> None:
        self._audiences = audiences
        self._issuers = issuers
        self._kept: dict[str, Verified] = {}

    async def identity(self, token: str) -> Identity:
        """The identity in a token. Raises Unauthenticated, in the same words for every fault."""
        known = self._kept.get(token)
        if known is None or not await self._holds(known):
            try:
                known = await self._verified(token)
            except JwtRefused as refused:
                self._kept.pop(token, None)
                note(refused.reason, _address_of_issuer(token))
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
            raise JwtRefused(Reason.KEY_UNKNOWN)
        ensure_signed(read, key)
        return Verified(expires, identity, read.kid, key)

    def _claimed(self, claims: dict[str, Any]) -> tuple[float, Identity]:
        issuer = claims.get("iss")
        if not isinstance(issuer, str) or issuer not in self._issuers:
            raise JwtRefused(Reason.ISSUER)
        if not self._is_for_us(_audience(claims)):
            raise JwtRefused(Reason.AUDIENCE)
        expires, issued = claims.get("exp"), claims.get("iat")
        begins = claims.get("nbf", issued)
        times = [each for each in (expires, issued, begins) if type(each) is int]
        if len(times) < 3 or not all(0 <= each < LATEST for each in times):  # noqa: PLR2004
            raise JwtRefused(Reason.TIMES)
        ends, *begun = times
        if time.time() < max(begun) - SKEW_SECONDS:
            raise JwtRefused(Reason.NOT_YET_VALID)
        if time.time() >= ends:
            raise JwtRefused(Reason.EXPIRED)
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 1 <= len(subject) <= SUBJECT_CHARACTERS:
            raise JwtRefused(Reason.SUBJECT)
        if not subject.isprintable():
            raise JwtRefused(Reason.SUBJECT)
        return float(ends), Identity(issuer, subject, _profile(claims))

    def _is_for_us(self, audience: Any) -> bool:
        named = audience if isinstance(audience, list) else [audience]
        return all(isinstance(each, str) for each in named) and not self._audiences.isdisjoint(
            named
        )


def _profile(claims: dict[str, Any]) -> Profile:
    """By the claims of OpenID Connect Core, 5.1. An unreadable one counts as missing: nobody is
    refused for it."""
    given, family = _line(claims.get("given_name")), _line(claims.get("family_name"))
    parts = " ".join(part for part in (given, family) if part)
    email = _line(claims.get("email")) if claims.get("email_verified") is True else None
    return Profile(
        _line(claims.get("name")) or _line(parts), email if email and "@" in email else None
    )


def _line(said: Any) -> str | None:
    """The text, where it is one line of a sensible length."""
    if not isinstance(said, str) or not said.isprintable():
        return None
    return said.strip() if 0 < len(said.strip()) <= NAME_CHARACTERS else None


def note(reason: Reason, issuer: str | None = None) -> None:
    """Counts a refusal, and logs it with the issuer's address where the token names one."""
    SIGN_INS_REFUSED.labels(reason).inc()
    log.info("token refused", extra={"reason": reason, "issuer": issuer})


def _audience(claims: dict[str, Any]) -> Any:
    """The audience; of a token of Cognito without one, the client that it was issued to, as AWS
    has its access tokens verified."""
    if "aud" not in claims and claims.get("token_use") == OF_ACCESS:
        return claims.get("client_id")
    return claims.get("aud")


def _ensure_access_token(read: Unverified) -> None:
    """Refuses an ID token: it would pass where an operator named a client like the audience."""
    claims = read.claims
    kind = claims.get("typ", "")
    if FOREIGN & claims.keys() or not isinstance(kind, str) or kind in FOREIGN_TYP:
        raise JwtRefused(Reason.NOT_AN_ACCESS_TOKEN)
    if claims.get("token_use", OF_ACCESS) != OF_ACCESS:
        raise JwtRefused(Reason.NOT_AN_ACCESS_TOKEN)
    if BOUND in claims:
        raise JwtRefused(Reason.KEY_BOUND)
    if read.type == TYPED or kind == BEARER_TYP:
        return
    if "nonce" in claims:
        raise JwtRefused(Reason.NONCE)
    if not SHOWN_BY & claims.keys():
        raise JwtRefused(Reason.UNMARKED)


def _address_of_issuer(token: str) -> str | None:
    """The address that a refused token names as its issuer. It is not verified: anybody can write
    one."""
    try:
        said = parts(token).claims.get("iss")
    except JwtRefused:
        return None
    return said if isinstance(said, str) and ADDRESS.fullmatch(said) else None


def _refused() -> Unauthenticated:
    return Unauthenticated(
        "token-refused", "The access token is not valid here.",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )  # fmt: skip
