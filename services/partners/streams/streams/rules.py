"""What must hold for a partner's stream and its keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from shared.contracts.partners.stream import StreamStatus
from shared.core.refusals import Conflict, NotFound

KEYS_MOST = 10


class Key(Protocol):
    user_public_key: str
    issued_at: datetime
    revoked_at: datetime | None


K = TypeVar("K", bound=Key)


def ensure_open(status: str) -> None:
    if status == StreamStatus.CLOSED:
        raise Conflict("stream-closed", "The stream is closed.")
    if status == StreamStatus.SUSPENDED:
        raise Conflict("stream-suspended", "The stream is suspended.")


def ensure_closed(status: str) -> None:
    if status != StreamStatus.CLOSED:
        raise Conflict("stream-open-already", "The stream is already open; add a key to it.")


def ensure_suspended(status: str) -> None:
    if status != StreamStatus.SUSPENDED:
        raise Conflict("stream-not-suspended", "The stream is not suspended.")


def ensure_not_closed(status: str) -> None:
    if status == StreamStatus.CLOSED:
        raise Conflict("stream-closed", "The stream is closed.")


def ensure_room(keys: Sequence[Key]) -> None:
    if sum(key.revoked_at is None for key in keys) >= KEYS_MOST:
        raise Conflict(
            "stream-keys-full", f"A stream has at most {KEYS_MOST} keys; revoke one first."
        )


def ensure_new(keys: Sequence[Key], public_key: str) -> None:
    if any(key.user_public_key == public_key for key in keys):
        raise Conflict(
            "stream-key-known", "This key has been added before; renew it, or add another."
        )


def live_key(keys: Sequence[K], public_key: str) -> K:
    for key in keys:
        if key.user_public_key == public_key and key.revoked_at is None:
            return key
    raise NotFound("stream-key-unknown", "There is no such key.")


def cut_off(now: datetime, keys: Sequence[Key]) -> datetime:
    """The moment up to which tokens stop counting: no token issued until now counts after it, by
    whichever clock."""
    return max(now, *(key.issued_at for key in keys))
