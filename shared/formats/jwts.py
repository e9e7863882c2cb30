"""Reading a JWT that somebody else made, before anything of it is believed (RFC 8725).

Only the form is judged here: size, alphabet, canonical encoding, exactly the header keys that are
foreseen, no key twice. Whose key verifies it, and what its claims must say, is the caller's.
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
# What a key of each kind may sign with; never a shared secret, never nothing.
ALGORITHMS = {
    "Ed25519": ("Ed25519", "EdDSA"),
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "RSA": ("RS256", "PS256"),
}
EVERY_ALGORITHM = [name for names in ALGORITHMS.values() for name in names]


class JwtRefused(Exception):
    """Not in the one form that is read, or not signed by the key it names."""


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
    """`types`: what `typ` may be; a token without one counts as "JWT" (RFC 7519, 5.1)."""
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
    """By this key, with an algorithm of this kind of key, and with the key's own where it names
    one (RFC 7517, 4.4)."""
    said = read.header["alg"]
    if said not in ALGORITHMS.get(kind_of(key), ()) or said != (key.alg or said):
        raise JwtRefused("algorithm")
    try:
        with warnings.catch_warnings():
            # "EdDSA" is what issuers write until they follow RFC 9864; bound to the curve above.
            warnings.simplefilter("ignore", SecurityWarning)
            jws.deserialize_compact(read.token, key, algorithms=[said])
    except (JoseError, ValueError, TypeError) as refused:
        raise JwtRefused("signature") from refused


def kind_of(key: Key) -> str:
    """The name in ALGORITHMS, or something that is not there."""
    if isinstance(key, OKPKey | ECKey):
        return str(key.as_dict(private=False)["crv"])
    if isinstance(key, RSAKey) and key.raw_value.key_size >= RSA_BITS_LEAST:
        return "RSA"
    return "none of ours"


def _decoded(part: str) -> bytes:
    """One text for one value: leftover bits set to mean nothing are refused."""
    try:
        raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (NotBase64, ValueError) as refused:
        raise JwtRefused("encoding") from refused
    if urlsafe_b64encode(raw).decode().rstrip("=") != part:
        raise JwtRefused("encoding")
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    """Raises where a name comes twice, since two readers would differ, or a number is none."""

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
