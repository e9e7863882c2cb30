"""Keys as NATS writes them: Ed25519 in base32, with a prefix for the kind of owner, and a
checksum.

The form is
https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth. The
package of that name comes as source only, which our image does not build; `cryptography` is there
already.
"""

import binascii
import secrets
from base64 import b32decode, b32encode
from enum import IntEnum
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RAW_BYTES = 32
PUBLIC_CHARACTERS = 56
SEED = 18 << 3
KEPT = 64  # decoded keys that are kept, since a key signs often


class Kind(IntEnum):
    """The kind of a key's owner, the first letter of its public key: O, A or U."""

    OPERATOR = 14 << 3
    ACCOUNT = 0
    USER = 20 << 3


def new_seed(kind: Kind) -> str:
    """A new private key."""
    return seed_of(kind, secrets.token_bytes(RAW_BYTES))


def seed_of(kind: Kind, raw: bytes) -> str:
    """The seed of `raw`: 32 bytes that nobody can guess."""
    return _text(bytes([SEED | kind >> 5, (kind & 31) << 3]) + raw)


def derived_seed(kind: Kind, master: str, purpose: str) -> str:
    """The seed that follows from `master` and `purpose` (HKDF, RFC 5869). The same two give the
    same seed; one seed shows nothing about another."""
    derive = HKDF(SHA256(), RAW_BYTES, salt=None, info=purpose.encode())
    return seed_of(kind, derive.derive(master.encode()))


@lru_cache(KEPT)
def public_of(seed: str) -> str:
    """The public key of a seed."""
    raw = _raw(seed)
    kind = (raw[0] & 7) << 5 | raw[1] >> 3
    return public_text(Kind(kind), _private(seed).public_key().public_bytes_raw())


def public_text(kind: Kind, raw: bytes) -> str:
    """The public key of this kind whose 32 bytes are `raw`."""
    return _text(bytes([kind]) + raw)


def public_bytes(key: str) -> bytes:
    """The 32 bytes of a public key."""
    return _raw(key)[1:]


def sign(seed: str, message: bytes) -> bytes:
    return _private(seed).sign(message)


def is_public(key: str, kind: Kind) -> bool:
    """Whether `key` is a public key of this kind, letter for letter as NATS writes it."""
    if len(key) != PUBLIC_CHARACTERS:
        return False
    try:
        raw = _raw(key)
    except ValueError:
        return False
    return raw[0] == kind and _text(raw) == key


@lru_cache(KEPT)
def _private(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_raw(seed)[2:])


def _text(raw: bytes) -> str:
    checked = raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")
    return b32encode(checked).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    """The key's bytes without the checksum. Raises ValueError where the checksum does not fit."""
    checked = b32decode(text.strip() + "=" * (-len(text.strip()) % 8))
    if binascii.crc_hqx(checked[:-2], 0).to_bytes(2, "little") != checked[-2:]:
        raise ValueError("not a key of NATS")
    return checked[:-2]
