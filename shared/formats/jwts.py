"""Reads a JWT that another issuer made, before anything in it is believed (RFC 8725).

Only its form is judged here: size, alphabet, canonical encoding, no key twice, and no header
parameter that would change how the token is to be read. Other parameters are passed over, as RFC
7515 (4) wants: real issuers write `x5t` and `nonce`. The caller chooses the key that verifies it, and
judges its claims.
"""

import json
import re
import warnings
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

TOKEN_BYTES = 8192
COMPACT = re.compile(r"[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}", re.ASCII)
ENCRYPTED_DOTS = 4  # five parts: a JWE (RFC 7516)
KEY_ID = re.compile(r"[A-Za-z0-9._~:=+/-]{1,200}", re.ASCII)
# What a token must not say of itself: that more must be understood, that it is not what it seems, or
# by which key it is to be verified.
REFUSED_PARAMETERS = frozenset({"crit", "b64", "enc", "zip", "jwk", "jku", "x5u"})
RSA_BITS_LEAST = 2048
# The algorithms for each kind of key; never a shared secret, never "none".
ALGORITHMS = {
    "Ed25519": ("Ed25519", "EdDSA"),
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "RSA": ("RS256", "PS256"),
}
EVERY_ALGORITHM = [name for names in ALGORITHMS.values() for name in names]


class Reason(StrEnum):
    """Why a token or an assertion is refused: for the operator's log and metric, never for its
    sender. docs/operating.md says what to do about each."""

    SCHEME = "scheme"
    TOO_LONG = "too-long"
    NOT_A_JWT = "not-a-jwt"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    HEADER = "header"
    ALGORITHM = "algorithm"
    TYPE = "type"
    KEY_ID = "key-id"
    NOT_AN_ACCESS_TOKEN = "not-an-access-token"  # noqa: S105 (a code)
    NONCE = "nonce"
    UNMARKED = "unmarked"
    KEY_BOUND = "key-bound"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    TIMES = "times"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    VALID_TOO_LONG = "valid-too-long"
    SUBJECT = "subject"
    ASSERTION_ID = "assertion-id"
    KEY_UNKNOWN = "key-unknown"
    SIGNATURE = "signature"
    USED = "used"


class JwtRefused(Exception):
    """The token is not in the one form that is read, or the key it names did not sign it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Unverified:
    """A JWT of good form. Nothing in it is true before `ensure_signed`."""

    token: str
    header: dict[str, Any]
    claims: dict[str, Any]

    @property
    def kid(self) -> str:
        kid: str = self.header.get("kid", "")
        return kid

    @property
    def type(self) -> str:
        """The media type in `typ`, in small letters and without `application/` (RFC 7515, 4.1.9);
        "jwt" where there is none (RFC 7519, 5.1). Empty for anything but a text."""
        typ = self.header.get("typ", "jwt")
        return typ.lower().removeprefix("application/") if isinstance(typ, str) else ""


class _Registry(jws.JWSRegistry):
    """Looks at no parameter but `alg`: `unverified` has judged the header."""

    default_header_registry = {"alg": jws.JWSRegistry.default_header_registry["alg"]}
    max_header_length = TOKEN_BYTES


def parts(token: str) -> Unverified:
    """The token's header and claims, whatever they say. Raises JwtRefused."""
    if len(token) > TOKEN_BYTES:
        raise JwtRefused(Reason.TOO_LONG)
    if not COMPACT.fullmatch(token):
        encrypted = token.count(".") == ENCRYPTED_DOTS
        raise JwtRefused(Reason.ENCRYPTED if encrypted else Reason.NOT_A_JWT)
    head, body, signature = token.split(".")
    _decoded(signature)
    return Unverified(token, _object(_decoded(head)), _object(_decoded(body)))


def unverified(token: str, types: frozenset[str]) -> Unverified:
    """The token's header and claims, not yet verified. `types`: the media types that it may have, in
    small letters. Raises JwtRefused."""
    read = parts(token)
    if REFUSED_PARAMETERS & read.header.keys():
        raise JwtRefused(Reason.HEADER)
    if read.header.get("alg") not in EVERY_ALGORITHM:
        raise JwtRefused(Reason.ALGORITHM)
    if read.type not in types:
        raise JwtRefused(Reason.TYPE)
    kid = read.header.get("kid", "-")
    if not isinstance(kid, str) or not KEY_ID.fullmatch(kid):
        raise JwtRefused(Reason.KEY_ID)
    return read


def ensure_signed(read: Unverified, key: Key) -> None:
    """Raises JwtRefused unless this key signed the token, with an algorithm for its kind of key,
    and with the key's own `alg` where it has one (RFC 7517, 4.4)."""
    said = read.header["alg"]
    if said not in ALGORITHMS.get(kind_of(key), ()) or said != (key.alg or said):
        raise JwtRefused(Reason.ALGORITHM)
    registry = _Registry(algorithms=[said], strict_check_header=False)
    try:
        with warnings.catch_warnings():
            # Issuers write "EdDSA" until they follow RFC 9864; the curve is checked above.
            warnings.simplefilter("ignore", SecurityWarning)
            jws.deserialize_compact(read.token, key, registry=registry)
    except (JoseError, ValueError, TypeError) as refused:
        raise JwtRefused(Reason.SIGNATURE) from refused


def kind_of(key: Key) -> str:
    """The key's name in ALGORITHMS, or a name that is not there."""
    if isinstance(key, OKPKey | ECKey):
        return str(key.as_dict(private=False)["crv"])
    if isinstance(key, RSAKey) and key.raw_value.key_size >= RSA_BITS_LEAST:
        return "RSA"
    return "none of ours"


def _decoded(part: str) -> bytes:
    """The part's bytes. One value has one text: a text whose unused bits are set is refused."""
    try:
        raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (NotBase64, ValueError) as refused:
        raise JwtRefused(Reason.UNREADABLE) from refused
    if urlsafe_b64encode(raw).decode().rstrip("=") != part:
        raise JwtRefused(Reason.UNREADABLE)
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`. Raises JwtRefused where a name comes twice, since two readers
    would differ, and for NaN and Infinity, which are no numbers."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise ValueError("duplicate")
        return made

    def never(_: str) -> Any:
        raise ValueError("no number")

    try:
        found = json.loads(raw.decode(), object_pairs_hook=once, parse_constant=never)
    except (ValueError, RecursionError) as refused:
        raise JwtRefused(Reason.UNREADABLE) from refused
    if not isinstance(found, dict):
        raise JwtRefused(Reason.UNREADABLE)
    return found
