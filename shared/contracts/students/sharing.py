"""The messages about children in partners' own streams, and the retractions that partners carry out.

A message names a child by the id under which the partner reads it at the gateway. Where the partner
has recorded an identifier of its own for the child, the message carries that too.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.students.access import Category


class SharingTold(Event):
    """A part of a child's record that is open to the partner has changed. The message carries no
    content: the partner reads it under `link`, as far as the policy allows at that moment. It goes
    no further than the agreement lets the partner redisclose it (34 CFR 99.33).

    `what`: the type of the event that happened. `record_id`: the record, where it is the partner's
    own.
    """

    type: ClassVar[str] = "students.sharing.told.v1"

    student_id: UUID
    own_id: str | None
    category: Category
    what: str
    record_id: UUID | None
    happened_at: datetime
    link: str
    statement: bool = Field(
        default=False,
        description="The family has a statement on this part; read it under `link` (99.21(c)).",
    )


class Why(StrEnum):
    """Why a partner is to delete something."""

    REVOKED = "revoked"
    """The family revoked its consent, refused, or opted out."""
    ENDED = "ended"
    """An agreement or an engagement ended, was suspended or narrowed; or an emergency ended; or the
    rights passed to the student."""
    DESTROYED = "destroyed"
    """The record itself was erased."""


class SharingRetracted(Event):
    """The partner is to delete everything that it received and read about the child in these
    categories, and to confirm it with a receipt by `receipt_due`. Messages about the parts that
    stay open to the partner follow anew after this one."""

    type: ClassVar[str] = "students.sharing.retracted.v1"

    retraction_id: UUID
    student_id: UUID
    own_id: str | None
    categories: list[Category]
    why: Why
    retracted_at: datetime
    receipt_due: datetime


class RetractionWithdrawn(Event):
    """A retraction without a receipt no longer stands: a roster had ended the child, and the next one
    brought it back with all of these categories. The partner need not delete them. Messages about
    them follow anew."""

    type: ClassVar[str] = "students.retraction.withdrawn.v1"

    retraction_id: UUID
    student_id: UUID
    own_id: str | None
    categories: list[Category]
    retracted_at: datetime
    withdrawn_at: datetime


TOLD_TO_PARTNERS: tuple[type[Event], ...] = (SharingTold, SharingRetracted, RetractionWithdrawn)
"""The events in partners' own streams. No other stream carries them."""


class EarlierReceipt(Answer):
    """What a receipt said before it was corrected, and when it was given."""

    deleted_at: datetime
    received_at: datetime


class Retraction(Answer):
    """The categories of a child that a partner was to delete, and its receipt. A retraction that was
    withdrawn is open no longer, with or without a receipt. For an account that looks after all
    partners, the child and the categories are null. `earlier_receipts`: what the receipt said before
    it was corrected, the oldest first."""

    id: UUID
    partner_id: UUID
    partner_name: str | None
    student_id: UUID | None
    own_id: str | None
    categories: list[Category] | None
    why: Why
    retracted_at: datetime
    receipt_due: datetime
    received_at: datetime | None
    deleted_at: datetime | None
    withdrawn_at: datetime | None = None
    earlier_receipts: list[EarlierReceipt] = []


class ReceiptDraft(Body):
    """The partner's confirmation that it deleted all of the retraction, with each category by name
    and the time from which on nothing of it was left. That is not before the retraction: until then
    more could reach the partner."""

    categories: list[Category] = Field(min_length=1, max_length=50)
    deleted_at: AwareDatetime


class ReceiptCorrection(Body):
    """Another time for a receipt that named a wrong one."""

    deleted_at: AwareDatetime


class ToldCount(Answer):
    category: Category
    count: int


class WithheldCount(Answer):
    """Messages that were withheld. `clause`: why, in plain words."""

    category: Category
    clause: str
    count: int


class Sharing(Answer):
    """A partner's sharing in numbers: the messages published to its stream (`told`) and those
    withheld, over all time; the children of whom it holds something; the receipts it still
    owes."""

    partner_id: UUID
    partner_name: str | None
    listening: bool
    children: int
    told: list[ToldCount]
    withheld: list[WithheldCount]
    open_receipts: int
    overdue_receipts: int


class SharedChild(Answer):
    """A child of whom the partner may know now, with the open categories. In the categories `own`,
    only the partner's own records are open."""

    student_id: UUID
    own_id: str | None
    categories: list[Category]
    own: list[Category]
    link: str
    statements: list[Category] = Field(
        default=[],
        description="The categories on which the family has a statement; read it under `link`.",
    )


class SharingSnapshot(Answer):
    """A page of children, and the place in the stream from which to read on. The place of the first
    page counts. A message that repeats a part of the snapshot changes nothing."""

    stream_seq: int
    stream_incarnation: str
    taken_at: datetime
    items: list[SharedChild]
    next: str | None = Field(default=None, description="Also in the Link header, rel=next.")
