"""The rules of access in an emergency (34 CFR 99.36)."""

from datetime import datetime, timedelta
from uuid import UUID

from shared.core.refusals import Conflict, Forbidden

MOST_OPEN = 20
REVIEW_DAYS = 3


def ensure_few(open_now: int) -> None:
    """Refuse with `emergencies-too-many`. An emergency is about a child: an account that needs many
    asks the district."""
    if open_now >= MOST_OPEN:
        raise Conflict(
            "emergencies-too-many",
            f"You have {MOST_OPEN} open emergency accesses; end some first.",
        )


def ends_at(begins_at: datetime, hours: int) -> datetime:
    return begins_at + timedelta(hours=hours)


def ensure_reviewer(opened_by: UUID, reviewer: UUID) -> None:
    if opened_by == reviewer:
        raise Forbidden("own-emergency", "You may not review an access that you opened.")


def ensure_not_reviewed(reviewed_at: datetime | None) -> None:
    if reviewed_at is not None:
        raise Conflict("emergency-reviewed", "This access has already been reviewed.")


def ended_early(ends_at: datetime, now: datetime) -> bool:
    """Whether ending it now is before its time. An access that has ended stays as it was."""
    return now < ends_at
