"""What partners' systems are told of children in their own streams, and what partners are to delete.

A child appears under the id with which the partner asks for it at the gateway, and, where the
partner has recorded an identifier of its own for the child, under that too.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.students.access import Category


class SharingTold(Event):
    """Something of a child that the partner may have is another now. Thin: what it is now, the
    partner reads under `link`, under what holds then (34 CFR 99.33: it goes no further).

    `what`: the type of what happened. `record_id`: the record, where it is the partner's own.
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
        description="The family says something of this part: read it under `link` (99.21(c)).",
    )


class Why(StrEnum):
    """Why something is taken back."""

    REVOKED = "revoked"
    """The family took its word back, refused, or opted out."""
    ENDED = "ended"
    """An agreement or an engagement ended, was suspended or narrowed, an emergency is over, or the
    rights moved."""
    DESTROYED = "destroyed"
    """The record itself is gone."""


class SharingRetracted(Event):
    """The partner is to delete what it was told and what it read of the child of these categories,
    and to say that it did, by a receipt, until `receipt_due`. What it may still have is told again
    after this."""

    type: ClassVar[str] = "students.sharing.retracted.v1"

    retraction_id: UUID
    student_id: UUID
    own_id: str | None
    categories: list[Category]
    why: Why
    retracted_at: datetime
    receipt_due: datetime


TOLD_TO_PARTNERS: tuple[type[Event], ...] = (SharingTold, SharingRetracted)
"""In their own streams, and in no other."""


class Retraction(Answer):
    """What a partner was to delete, and whether it did. To who looks after all partners the child
    and the categories are null."""

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


class ReceiptDraft(Body):
    """Names each category of the retraction: all of it was deleted, and when."""

    categories: list[Category] = Field(min_length=1, max_length=50)
    deleted_at: AwareDatetime


class ToldCount(Answer):
    category: Category
    count: int


class WithheldCount(Answer):
    """`clause`: why, in plain words."""

    category: Category
    clause: str
    count: int


class Sharing(Answer):
    """How a partner's sharing stands: how many events it was told and how many not, over
    all time; of how many children it holds something; which receipts are missing."""

    partner_id: UUID
    listening: bool
    children: int
    told: list[ToldCount]
    withheld: list[WithheldCount]
    open_receipts: int
    overdue_receipts: int


class SharedChild(Answer):
    """A child that the partner may know of now, and which parts. Of `own` parts: what the partner
    recorded itself."""

    student_id: UUID
    own_id: str | None
    categories: list[Category]
    own: list[Category]
    link: str
    statements: list[Category] = Field(
        default=[], description="The parts of which the family says something; under `link`."
    )


class SharingSnapshot(Answer):
    """A page of the children, and the place in the stream from where to read on: that of the first
    page. What is told twice is the same."""

    stream_seq: int
    stream_incarnation: str
    taken_at: datetime
    items: list[SharedChild]
    next: str | None = Field(default=None, description="Also in the Link header, rel=next.")
