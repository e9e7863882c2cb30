"""Erasure: a child's record, or a part whose retention time has ended, leaves the platform."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.students.access import Category


class DataClass(StrEnum):
    """A class of data with a retention time of its own after the child has left. The times are
    settings (`retention_…_days`)."""

    ROSTER = "roster"
    """The child itself: its names, identifiers and enrollments. All other classes go with it."""
    CONTACTS = "contacts"
    ATTENDANCE = "attendance"
    ENGAGEMENTS = "engagements"
    """Engagements, their steps, the marks of sessions, dosage."""
    NOTES = "notes"
    """Notes and amendments."""
    SUPPORT = "support"
    """Referrals and their steps."""
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
    """The retention time of these data has ended."""


class ErasureDraft(Body):
    ground: ErasureGround


class ErasureStatus(StrEnum):
    OPEN = "open"
    CERTIFIED = "certified"


class Confirmation(Answer):
    """One service's confirmation: the child's data have left its tables, and the events about the
    child have left the stream."""

    service: str
    at: datetime
    rows: int = Field(description="The number of rows that the service removed.")


class Erasure(Answer):
    """The certificate of an erasure: the classes erased, the ground, the time, and the services
    that confirmed it. It holds ids only."""

    id: UUID
    version: int
    student_id: UUID
    ground: ErasureGround
    classes: list[DataClass]
    asked_by: UUID | None = Field(
        description="The account that asked; null where the retention time had ended."
    )
    created_at: datetime
    status: ErasureStatus
    certified_at: datetime | None
    confirmations: list[Confirmation]
    receipts_open: int = Field(
        description="Retractions about the child whose partner has not given its receipt yet."
    )
    disclosures_kept: int = Field(
        description="The number of rows of the disclosure log about the child. They hold ids only."
        " They stay because the law asks for a record of each disclosure (34 CFR 99.32(a)(2)), and"
        " because the log's hash chain would break without them."
    )


class StudentErased(Event):
    """A child's data of these classes were erased. Each service that holds some removes them and
    confirms. `people`: the child, where the roster is among the classes; and the contacts who were
    erased with it, since nothing else names them."""

    type: ClassVar[str] = "students.student.erased.v1"
    aggregate: ClassVar[str] = "erasure"

    erasure_id: UUID
    student_id: UUID
    classes: list[DataClass]
    people: list[UUID]


class ErasureCertified(Event):
    """Every service has confirmed an erasure."""

    type: ClassVar[str] = "students.erasure.certified.v1"

    erasure_id: UUID
    student_id: UUID


CATEGORIES_OF: dict[DataClass, frozenset[Category]] = {
    DataClass.ROSTER: frozenset(Category),
    DataClass.CONTACTS: frozenset({Category.CONTACTS}),
    DataClass.ATTENDANCE: frozenset({Category.ATTENDANCE}),
    DataClass.ENGAGEMENTS: frozenset({Category.ENGAGEMENT, Category.DOSAGE}),
    DataClass.NOTES: frozenset({Category.NOTES}),
    DataClass.SUPPORT: frozenset({Category.SUPPORT}),
    DataClass.CONSENTS: frozenset(),
    DataClass.ASSIGNMENTS: frozenset({Category.RESOURCES}),
    DataClass.MEASURES: frozenset({Category.MEASURES}),
}
"""The categories that partners may have been given of each class of data. Consents are disclosed to
no partner; the policy closes what was disclosed under them when they are gone."""


def categories_of(classes: Collection[DataClass]) -> frozenset[Category]:
    return frozenset().union(*(CATEGORIES_OF[kind] for kind in classes))
