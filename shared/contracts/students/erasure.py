"""Erasure: a child's record, or a part of it that has had its time, leaves the platform."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.students.access import Category


class DataClass(StrEnum):
    """What is kept for a time of its own after the child has left. The times are settings
    (`retention_…_days`)."""

    ROSTER = "roster"
    """The child itself, its names, identifiers and enrollments. With it goes everything else."""
    CONTACTS = "contacts"
    ATTENDANCE = "attendance"
    ENGAGEMENTS = "engagements"
    """Engagements, their steps, the marks of sessions, dosage."""
    NOTES = "notes"
    """Notes and amendments."""
    CONSENTS = "consents"
    """Consents, choices about directory information, emergency accesses."""
    ASSIGNMENTS = "assignments"
    """Assigned, finished and used resources."""
    MEASURES = "measures"


class ErasureGround(StrEnum):
    LEFT = "left"
    """The child has left the district."""
    REQUEST_GRANTED = "request-granted"
    """The family asked, and the district agreed."""
    RETENTION_ENDED = "retention-ended"
    """The time of these data is over."""


class ErasureDraft(Body):
    ground: ErasureGround


class ErasureStatus(StrEnum):
    OPEN = "open"
    CERTIFIED = "certified"


class Confirmation(Answer):
    """One service's word that the child's data have left its tables, and the events about the
    child the stream."""

    service: str
    at: datetime
    rows: int = Field(description="How many rows it removed.")


class Erasure(Answer):
    """The certificate: what was erased, why, when, and who confirmed it. Ids only."""

    id: UUID
    version: int
    student_id: UUID
    ground: ErasureGround
    classes: list[DataClass]
    asked_by: UUID | None = Field(description="The account; null where the time was over.")
    created_at: datetime
    status: ErasureStatus
    certified_at: datetime | None
    confirmations: list[Confirmation]
    receipts_open: int = Field(
        description="Partners that were told to delete what they hold, and have not yet said so."
    )
    disclosures_kept: int = Field(
        description="Lines of the disclosure log about the child. They hold ids only, and stay"
        " because the law wants to know who had what (34 CFR 99.32(a)(2)); the chain they are"
        " in would show a hole."
    )


class StudentErased(Event):
    """A child's data of these classes are no more: whoever holds any removes them and confirms.
    `people`: the child, and the contacts that were nobody else's, where the roster went too."""

    type: ClassVar[str] = "students.student.erased.v1"

    erasure_id: UUID
    student_id: UUID
    classes: list[DataClass]
    people: list[UUID]


class ErasureCertified(Event):
    """Every service has confirmed."""

    type: ClassVar[str] = "students.erasure.certified.v1"

    erasure_id: UUID
    student_id: UUID


TOLD_OF: dict[DataClass, frozenset[Category]] = {
    DataClass.ROSTER: frozenset(Category),
    DataClass.CONTACTS: frozenset({Category.CONTACTS}),
    DataClass.ATTENDANCE: frozenset({Category.ATTENDANCE}),
    DataClass.ENGAGEMENTS: frozenset({Category.ENGAGEMENT, Category.DOSAGE}),
    DataClass.NOTES: frozenset({Category.NOTES}),
    DataClass.CONSENTS: frozenset(),
    DataClass.ASSIGNMENTS: frozenset({Category.RESOURCES}),
    DataClass.MEASURES: frozenset({Category.MEASURES}),
}
"""What partners may have been told of each class. Consents are told to nobody; what was told under
them, the policy closes when they are gone."""


def told_of(classes: Collection[DataClass]) -> frozenset[Category]:
    return frozenset().union(*(TOLD_OF[kind] for kind in classes))
