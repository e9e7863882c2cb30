"""A signature counts only with a key of its kind, long enough, and with the key's own algorithm."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey, import_key

from shared.formats.jwts import (
    ALGORITHMS,
    EVERY_ALGORITHM,
    REFUSED_PARAMETERS,
    JwtRefused,
    ensure_signed,
    kind_of,
    unverified,
)
from tests.hostile import b64

KEYS: dict[str, Key] = {
    "Ed25519": OKPKey.generate_key("Ed25519"),
    "P-256": ECKey.generate_key("P-256"),
    "P-384": ECKey.generate_key("P-384"),
    "RSA": RSAKey.generate_key(2048),
}
TYPES = frozenset({"jwt"})
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")


def token(algorithm: str, key: Key) -> str:
    return jws.serialize_compact({"alg": algorithm}, b"{}", key, algorithms=[algorithm])


def headed(header: dict[str, Any]) -> str:
    """Signed by the RSA key under this very header, which a library would refuse to write."""
    start = f"{b64(json.dumps(header).encode())}.{b64(b'{}')}"
    return f"{start}.{b64(KEYS['RSA'].raw_value.sign(start.encode(), PKCS1v15(), SHA256()))}"


def public(key: Key, **more: str) -> Key:
    return import_key({**key.as_dict(private=False), **more})


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("algorithm", EVERY_ALGORITHM)
def test_each_algorithm_goes_with_one_kind_of_key(kind: str, algorithm: str) -> None:
    owner = next(name for name, names in ALGORITHMS.items() if algorithm in names)
    read = unverified(token(algorithm, KEYS[owner]), TYPES)
    if kind == owner:
        ensure_signed(read, public(KEYS[kind]))
    else:
        with pytest.raises(JwtRefused):
            ensure_signed(read, public(KEYS[kind]))


@pytest.mark.parametrize(("named", "said"), [("RS256", "PS256"), ("PS256", "RS256")])
def test_a_key_that_names_its_algorithm_takes_no_other(named: str, said: str) -> None:
    key = public(KEYS["RSA"], alg=named)
    ensure_signed(unverified(token(named, KEYS["RSA"]), TYPES), key)
    with pytest.raises(JwtRefused):
        ensure_signed(unverified(token(said, KEYS["RSA"]), TYPES), key)


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_short_symmetric_or_unsupported_key_verifies_nothing() -> None:
    others: list[Key] = [
        RSAKey.generate_key(1024), OctKey.generate_key(256), ECKey.generate_key("secp256k1"),
        ECKey.generate_key("P-521"), OKPKey.generate_key("Ed448"), OKPKey.generate_key("X25519"),
    ]  # fmt: skip
    assert [key for key in others if kind_of(key) in ALGORITHMS] == []
    read = unverified(token("RS256", KEYS["RSA"]), TYPES)
    for key in others:
        with pytest.raises(JwtRefused):
            ensure_signed(read, key)


@pytest.mark.parametrize("name", sorted(REFUSED_PARAMETERS))
def test_a_header_parameter_that_would_change_the_reading_is_refused(name: str) -> None:
    with pytest.raises(JwtRefused, match="header"):
        unverified(headed({"alg": "RS256", name: "x"}), TYPES)


def test_a_parameter_that_nobody_needs_is_passed_over_however_long_it_is() -> None:
    for more in ({"x5c": ["MIIB" * 1000]}, {"x5t": 1, "cty": "JWT", "nonce": None, "foo": {}}):
        text = headed({"alg": "RS256", **more})
        ensure_signed(unverified(text, TYPES), public(KEYS["RSA"]))
