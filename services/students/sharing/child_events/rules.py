"""The parts of an event about a child that are kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.students.access import EVENT_CATEGORIES, PARTNERS_OWN, Category


@dataclass(frozen=True, slots=True)
class Happening:
    """An event about a child, as it is kept."""

    position: int
    event_id: UUID
    type: str
    category: Category
    student_id: UUID
    partner_id: UUID | None
    aggregate_id: UUID
    time: datetime


def children(event: Any, classes: Mapping[UUID, Collection[UUID]]) -> Collection[UUID]:
    """The children whom an event is about: the child that it names, or those in its class."""
    if event.student_id is not None:
        return (event.student_id,)
    return classes.get(getattr(event, "class_id", None) or UUID(int=0), ())


def whose(event: Any) -> UUID | None:
    """The partner whose own record changed; None where it is no partner's own."""
    if EVENT_CATEGORIES[event.type] not in PARTNERS_OWN:
        return None
    owner: UUID | None = getattr(event, "partner_id", None)
    return owner
