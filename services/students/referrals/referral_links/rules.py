"""The PIN of a link, and the referrals that a link can be to."""

from hashlib import sha256
from hmac import compare_digest

from shared.contracts.students.referral import LIVE_STATES, ReferralState
from shared.core.refusals import Conflict

PIN_DIGITS = 6
MOST_WRONG_PINS = 5


def pin_hashed(secret: str, pin: str) -> bytes:
    """A PIN alone is guessed at once; together with the secret it is not."""
    return sha256(f"{secret}.{pin}".encode()).digest()


def fits(pin_hash: bytes, secret: str, pin: str) -> bool:
    return compare_digest(pin_hash, pin_hashed(secret, pin))


def ensure_can_be_answered(state: ReferralState) -> None:
    if state not in LIVE_STATES:
        raise Conflict("state-not-next", f"A referral that is {state} cannot be answered.")
