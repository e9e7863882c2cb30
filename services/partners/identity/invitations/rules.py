"""What must hold for an invitation."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from shared.contracts.partners.invitation import InvitationStatus
from shared.core.refusals import Conflict, Forbidden, NotFound
from shared.security.principal import Principal


def hashed(secret: str) -> bytes:
    """One round will do: a secret of 256 bits cannot be guessed."""
    return sha256(secret.encode()).digest()


def link_of(page: str, secret: str) -> str:
    """The secret behind the #: browsers send it to no server, so that no log has it."""
    return f"{page}#{secret}"


def offering_membership(caller: Principal) -> UUID:
    if caller.membership_id is None:
        raise Forbidden("membership-missing", "Only who is a member invites others.")
    return caller.membership_id


def ensure_open(status: str) -> None:
    if status != InvitationStatus.OPEN:
        raise Conflict(f"invitation-{status}", f"This invitation is {status}.")


def ensure_takeable(status: str, expires_at: datetime, now: datetime, *, offered: bool) -> None:
    """`offered`: who made it is still what they were, and the partner is still there."""
    if status != InvitationStatus.OPEN or now >= expires_at or not offered:
        raise unknown()


def unknown() -> NotFound:
    """Wrong, used, withdrawn and too late answer alike."""
    return NotFound("invitation-unknown", "There is no such invitation, or no longer.")
