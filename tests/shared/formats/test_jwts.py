"""A signature counts only with a key of its kind, long enough, and with the key's own algorithm."""

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey, import_key

from shared.formats.jwts import (
    ALGORITHMS,
    EVERY_ALGORITHM,
    JwtRefused,
    ensure_signed,
    kind_of,
    unverified,
)

KEYS: dict[str, Key] = {
    "Ed25519": OKPKey.generate_key("Ed25519"),
    "P-256": ECKey.generate_key("P-256"),
    "P-384": ECKey.generate_key("P-384"),
    "RSA": RSAKey.generate_key(2048),
}
TYPES = frozenset({"JWT"})
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")


def token(algorithm: str, key: Key) -> str:
    return jws.serialize_compact({"alg": algorithm}, b"{}", key, algorithms=[algorithm])


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
