"""Reads a JWT that another issuer made, before anything in it is believed (RFC 8725).

Only its form is judged here: size, alphabet, canonical encoding, exactly the header keys that are
foreseen, no key twice. The caller chooses the key that verifies it, and judges its claims.
"""

import json
import re
import warnings
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

TOKEN_BYTES = 8192
COMPACT = re.compile(r"[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}", re.ASCII)
KEY_ID = re.compile(r"[A-Za-z0-9._~=+/-]{1,200}", re.ASCII)
HEADER_KEYS = frozenset({"alg", "kid", "typ"})
RSA_BITS_LEAST = 2048
# The algorithms for each kind of key; never a shared secret, never "none".
ALGORITHMS = {
    "Ed25519": ("Ed25519", "EdDSA"),
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "RSA": ("RS256", "PS256"),
}
EVERY_ALGORITHM = [name for names in ALGORITHMS.values() for name in names]


class JwtRefused(Exception):
    """The token is not in the one form that is read, or the key it names did not sign it."""


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


def unverified(token: str, types: frozenset[str]) -> Unverified:
    """The token's header and claims, not yet verified. `types`: the values that `typ` may have; a
    token without one counts as "JWT" (RFC 7519, 5.1). Raises JwtRefused."""
    if len(token) > TOKEN_BYTES or not COMPACT.fullmatch(token):
        raise JwtRefused("form")
    head, body, signature = token.split(".")
    header = _object(_decoded(head))
    _decoded(signature)
    if not header.keys() <= HEADER_KEYS or header.get("alg") not in EVERY_ALGORITHM:
        raise JwtRefused("header")
    typ = header.get("typ", "JWT")
    if not isinstance(typ, str) or typ not in types:
        raise JwtRefused("type")
    kid = header.get("kid", "-")
    if not isinstance(kid, str) or not KEY_ID.fullmatch(kid):
        raise JwtRefused("key id")
    return Unverified(token, header, _object(_decoded(body)))


def ensure_signed(read: Unverified, key: Key) -> None:
    """Raises JwtRefused unless this key signed the token, with an algorithm for its kind of key,
    and with the key's own `alg` where it has one (RFC 7517, 4.4)."""
    said = read.header["alg"]
    if said not in ALGORITHMS.get(kind_of(key), ()) or said != (key.alg or said):
        raise JwtRefused("algorithm")
    try:
        with warnings.catch_warnings():
            # Issuers write "EdDSA" until they follow RFC 9864; the curve is checked above.
            warnings.simplefilter("ignore", SecurityWarning)
            jws.deserialize_compact(read.token, key, algorithms=[said])
    except (JoseError, ValueError, TypeError) as refused:
        raise JwtRefused("signature") from refused


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
        raise JwtRefused("encoding") from refused
    if urlsafe_b64encode(raw).decode().rstrip("=") != part:
        raise JwtRefused("encoding")
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
        raise JwtRefused("JSON") from refused
    if not isinstance(found, dict):
        raise JwtRefused("object")
    return found
