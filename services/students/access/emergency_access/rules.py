"""What must hold for access in an emergency (34 CFR 99.36)."""

from datetime import datetime, timedelta
from uuid import UUID

from shared.core.refusals import Conflict, Forbidden

MOST_OPEN = 20
REVIEW_DAYS = 3


def ensure_few(open_now: int) -> None:
    """An emergency is about a child; whoever needs more asks the district."""
    if open_now >= MOST_OPEN:
        raise Conflict("emergencies-too-many", f"You have {MOST_OPEN} open; end some first.")


def ends_at(begins_at: datetime, hours: int) -> datetime:
    return begins_at + timedelta(hours=hours)


def ensure_reviewer(opened_by: UUID, reviewer: UUID) -> None:
    if opened_by == reviewer:
        raise Forbidden("own-emergency", "Somebody else reviews what you opened.")


def ensure_not_reviewed(reviewed_at: datetime | None) -> None:
    if reviewed_at is not None:
        raise Conflict("emergency-reviewed", f"It was reviewed at {reviewed_at}.")


def ended_early(ends_at: datetime, now: datetime) -> bool:
    """An end now is before its time; what is over stays as it was."""
    return now < ends_at
