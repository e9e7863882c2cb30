"""What must hold for the members of a partnership."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from shared.contracts.partners.partnership import MemberRole
from shared.core.refusals import Conflict

SINGLE = {MemberRole.BACKBONE, MemberRole.ANCHOR}


def ensure_new(partner_id: UUID, members: Iterable[UUID]) -> None:
    if partner_id in members:
        raise Conflict("member-already", "The partner is already a member.")


def ensure_single(wanted: Iterable[str], taken: Iterable[Iterable[str]]) -> None:
    """One backbone and one anchor at a time. `taken`: the roles of each other member."""
    others = {role for roles in taken for role in roles}
    for role in sorted(SINGLE & others & set(wanted)):
        raise Conflict(
            f"{role}-taken", f"Another partner is already the {role} of the partnership."
        )


def ensure_not_before(left_on: date, joined_on: date) -> None:
    if left_on < joined_on:
        raise Conflict("dates-reversed", "A partner cannot leave before it joined.")


def ensure_not_ahead(day: date, today: date) -> None:
    """Joining and leaving take effect when they are recorded."""
    if day > today:
        raise Conflict("date-ahead", "The day is in the future.")
