"""What must hold for a client and its keys."""

from collections.abc import Sequence

from joserfc.errors import JoseError
from joserfc.jwk import Key, RSAKey, import_key

from shared.contracts.partners.client import KEYS_MOST, ClientStatus, PublicKey
from shared.core.refusals import Conflict, Malformed
from shared.formats.jwts import ALGORITHMS, kind_of

KINDS = {"Ed25519", "P-256", "RSA"}
RSA_BITS_MOST = 4096
RSA_EXPONENT = "AQAB"  # 65537 (FIPS 186-5, 5.4 asks for one of at least that size)


def key_of(jwk: PublicKey) -> Key:
    """Raises `key-unusable` for a key by which the platform cannot verify signatures safely."""
    said = jwk.model_dump(exclude_none=True)
    try:
        key = import_key(said)
        thumbprint = key.thumbprint()
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _unusable("The members of the JWK do not form a public key.") from error
    if kind_of(key) not in KINDS or not thumbprint:
        raise _unusable("A key must be Ed25519, P-256, or RSA of 2048 bits or more.")
    if isinstance(key, RSAKey) and (
        key.raw_value.key_size > RSA_BITS_MOST or jwk.e != RSA_EXPONENT
    ):
        raise _unusable(f"An RSA key has at most {RSA_BITS_MOST} bits and the exponent 65537.")
    if jwk.alg is not None and jwk.alg not in ALGORITHMS[kind_of(key)]:
        raise _unusable("The algorithm belongs to another kind of key.")
    return key


def ensure_new(known: Sequence[tuple[str, str]], wanted: Sequence[tuple[str, str]]) -> None:
    """Keys are compared by kid and thumbprint. An ended key may have been lost, so it stays
    ended."""
    for position, (kid, thumbprint) in enumerate(wanted):
        others = [*known, *wanted[:position]]
        if any(kid == other for other, _ in others):
            raise Conflict("key-id-taken", "The client has, or had, a key with this id.")
        if any(thumbprint == other for _, other in others):
            raise Conflict("key-taken", "The client has, or had, this key.")


def ensure_room(live: int) -> None:
    if live >= KEYS_MOST:
        raise Conflict("keys-too-many", f"A client has at most {KEYS_MOST} keys; end one first.")


def ensure_live(status: str) -> None:
    if status != ClientStatus.LIVE:
        raise Conflict("client-revoked", "This client is revoked.")


def ensure_not_ended(*, ended: bool) -> None:
    if ended:
        raise Conflict("key-ended", "This key has ended.")


def _unusable(why: str) -> Malformed:
    return Malformed("key-unusable", why)
