"""The rules of receipts: the day on which one is due, and its content."""

from collections.abc import Collection
from datetime import datetime, timedelta

from shared.contracts.students.access import Category
from shared.core.refusals import BadRequest, Conflict

RECEIPT_DAYS = 30
"""Half of the 60 days within which contracts ask for disposal (NDPA)."""


def due(retracted_at: datetime) -> datetime:
    return retracted_at + timedelta(days=RECEIPT_DAYS)


def ensure_open(received_at: datetime | None) -> None:
    if received_at is not None:
        raise Conflict("receipt-given", "This retraction has its receipt already.")


def ensure_whole(asked: Collection[str], deleted: Collection[Category]) -> None:
    if set(asked) - set(deleted):
        raise BadRequest(
            "receipt-incomplete", "categories: name every category that was to be deleted."
        )


def ensure_done(deleted_at: datetime, now: datetime) -> None:
    if deleted_at > now:
        raise BadRequest("deletion-ahead", "deleted_at: the moment lies in the future.")
