"""What must hold for an invitation."""

from datetime import datetime
from uuid import UUID

from shared.contracts.partners.invitation import InvitationStatus
from shared.core.refusals import Conflict, Forbidden, NotFound
from shared.security.principal import Principal


def link_of(invitation_url: str, public_url: str, secret: str) -> str:
    """The link to the page of the client that takes invitations, else to the gateway's own. The
    secret stands after the #: browsers send that part to no server, so that no log has it."""
    return f"{invitation_url or f'{public_url}/invitation'}#{secret}"


def offering_membership(caller: Principal) -> UUID:
    if caller.membership_id is None:
        raise Forbidden(
            "membership-missing", "You need a membership of your own to invite somebody."
        )
    return caller.membership_id


def ensure_open(status: str) -> None:
    if status != InvitationStatus.OPEN:
        raise Conflict(
            f"invitation-{status}", f"This invitation is no longer open; its status is {status}."
        )


def ensure_takeable(status: str, expires_at: datetime, now: datetime, *, offered: bool) -> None:
    """`offered`: the inviting membership still holds and may still grant what it offered, and the
    partner is still open."""
    if status != InvitationStatus.OPEN or now >= expires_at or not offered:
        raise unknown()


def unknown() -> NotFound:
    """The one refusal for a wrong, used, withdrawn or expired secret."""
    return NotFound("invitation-unknown", "There is no such invitation, or it is no longer valid.")
