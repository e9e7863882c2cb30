"""What must hold for a client's assertion (RFC 7523, 3; OpenID Connect Core, 9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from joserfc.jwk import import_key

from shared.core.refusals import Unauthenticated
from shared.formats.jwts import JwtRefused, Reason, Unverified, ensure_signed, unverified

# RFC 7523 names no type. Its successor does, so that no other kind of JWT passes as an assertion.
TYPES = frozenset({"jwt", "client-authentication+jwt"})
AHEAD_MOST_SECONDS = 300
SKEW_SECONDS = 10
ID_CHARACTERS = 255


@dataclass(frozen=True)
class Claimed:
    """The claims of an assertion. Its `jti` is used once until `expires_at`."""

    read: Unverified
    client_id: UUID
    kid: str
    jti: str
    expires_at: datetime


def claimed(assertion: str, audiences: Sequence[str], now: datetime) -> Claimed:
    """The claims, after all checks that need no key. Raises JwtRefused."""
    read = unverified(assertion, TYPES)
    return _claimed(read, audiences, now.timestamp())


def ensure_signed_by(said: Claimed, jwk: dict[str, str]) -> None:
    """Raises JwtRefused."""
    ensure_signed(said.read, import_key(dict(jwk)))


def refused() -> Unauthenticated:
    """The one refusal for every fault, so that it reveals nothing."""
    return Unauthenticated("assertion-refused", "The assertion is not valid here.")


def _claimed(read: Unverified, audiences: Sequence[str], now: float) -> Claimed:
    claims = read.claims
    if not read.kid:
        raise JwtRefused(Reason.KEY_ID)
    if not _is_for(claims.get("aud"), audiences):
        raise JwtRefused(Reason.AUDIENCE)
    issuer = claims.get("iss")
    if not isinstance(issuer, str):
        raise JwtRefused(Reason.ISSUER)
    if claims.get("sub") != issuer:
        raise JwtRefused(Reason.SUBJECT)
    expires = claims.get("exp")
    begins = [claims[name] for name in ("iat", "nbf") if name in claims]
    if type(expires) is not int or any(type(each) is not int for each in begins):
        raise JwtRefused(Reason.TIMES)
    if expires <= now:
        raise JwtRefused(Reason.EXPIRED)
    if expires > now + AHEAD_MOST_SECONDS + SKEW_SECONDS:
        raise JwtRefused(Reason.VALID_TOO_LONG)
    if any(not 0 <= each <= now + SKEW_SECONDS for each in begins):
        raise JwtRefused(Reason.NOT_YET_VALID)
    return Claimed(
        read, _client_id(issuer), read.kid, _jti(claims.get("jti")),
        datetime.fromtimestamp(expires, UTC),
    )  # fmt: skip


def _is_for(audience: Any, names: Sequence[str]) -> bool:
    """The audience is this platform alone: another receiver could otherwise use the assertion
    here."""
    named = audience if isinstance(audience, list) else [audience]
    return len(named) == 1 and isinstance(named[0], str) and named[0] in names


def _client_id(issuer: str) -> UUID:
    try:
        known = UUID(issuer)
    except ValueError as error:
        raise JwtRefused(Reason.ISSUER) from error
    if str(known) != issuer:
        raise JwtRefused(Reason.ISSUER)
    return known


def _jti(said: Any) -> str:
    if not isinstance(said, str) or not 1 <= len(said) <= ID_CHARACTERS:
        raise JwtRefused(Reason.ASSERTION_ID)
    if not said.isprintable():
        raise JwtRefused(Reason.ASSERTION_ID)
    return said
