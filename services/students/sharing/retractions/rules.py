"""The rules of receipts: the day on which one is due, and its content."""

from collections.abc import Collection
from datetime import datetime, timedelta

from shared.contracts.students.access import Category
from shared.core.refusals import BadRequest, Conflict, Fault

RECEIPT_DAYS = 30
"""Half of the 60 days within which contracts ask for disposal (NDPA)."""
CORRECTIONS_MOST = 20


def due(retracted_at: datetime) -> datetime:
    return retracted_at + timedelta(days=RECEIPT_DAYS)


def ensure_open(received_at: datetime | None) -> None:
    if received_at is not None:
        raise Conflict("receipt-given", "This retraction already has its receipt.")


def ensure_whole(asked: Collection[str], deleted: Collection[Category]) -> None:
    if set(asked) - set(deleted):
        raise BadRequest(
            "receipt-incomplete", "Name in `categories` every category that was to be deleted.",
            [Fault(field="body.categories", code="incomplete", reason="A category is missing.")],
        )  # fmt: skip


def ensure_given(received_at: datetime | None) -> None:
    if received_at is None:
        raise Conflict("receipt-missing", "This retraction has no receipt yet.")


def ensure_correctable(corrections: int) -> None:
    if corrections >= CORRECTIONS_MOST:
        raise Conflict(
            "receipt-corrections-full", f"A receipt is corrected {CORRECTIONS_MOST} times at most."
        )


def ensure_done(deleted_at: datetime, retracted_at: datetime, now: datetime) -> None:
    """Compared by the second, since a partner's system may count no smaller ones."""
    if deleted_at > now:
        raise BadRequest(
            "deletion-ahead", "`deleted_at` is in the future.",
            [Fault(field="body.deleted_at", code="ahead", reason="This moment is in the future.")],
        )  # fmt: skip
    if deleted_at < retracted_at.replace(microsecond=0):
        since = f"Until {retracted_at:%Y-%m-%dT%H:%M:%SZ}, the time of the retraction,"
        raise BadRequest(
            "deletion-before-retraction",
            f"{since} more could reach the partner. Name in `deleted_at` the time from which on"
            " nothing was left.",
            [Fault(field="body.deleted_at", code="before-retraction",
                   reason="This moment is before the retraction.")],
        )  # fmt: skip
