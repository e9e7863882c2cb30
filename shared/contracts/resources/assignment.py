"""Assignments: a resource or a collection given to a class or a child, and the children who
finished it."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.base import Answer, Body, Event
from shared.contracts.resources.use import Use


class AssignmentStatus(StrEnum):
    OPEN = "open"
    WITHDRAWN = "withdrawn"


class AssignmentDraft(Body):
    """Exactly one of resource and collection, given to exactly one of child and class."""

    resource_id: UUID | None = None
    collection_id: UUID | None = None
    student_id: UUID | None = None
    class_id: UUID | None = None
    due_on: date | None = None
    instructions: str = Field(default="", max_length=2_000)

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.resource_id is None) == (self.collection_id is None):
            raise ValueError("exactly one of resource_id and collection_id is needed")
        if (self.student_id is None) == (self.class_id is None):
            raise ValueError("exactly one of student_id and class_id is needed")
        return self


class Assignment(Answer):
    """An assignment as its maker sees it. `finished_count` counts the children without naming
    them."""

    id: UUID
    version: int
    status: AssignmentStatus
    resource_id: UUID | None
    collection_id: UUID | None
    title: str
    student_id: UUID | None
    class_id: UUID | None
    assigned_by: UUID
    partner_id: UUID | None
    partner_name: str | None = None
    due_on: date | None
    instructions: str
    finished_count: int
    created_at: datetime


class CompletionDraft(Body):
    """The child who finished. Students leave `student_id` out, since they finish for themselves."""

    student_id: UUID | None = None


class Completion(Answer):
    id: UUID
    assignment_id: UUID
    student_id: UUID
    finished_at: datetime


class StudentAssignment(Answer):
    """An assignment of one child, made to the child or to its class, and the child's progress."""

    id: UUID
    resource_id: UUID | None
    collection_id: UUID | None
    title: str
    url: str | None
    class_id: UUID | None
    due_on: date | None
    instructions: str
    assigned_at: datetime
    finished_at: datetime | None


class UseTotals(Answer):
    opened: int
    downloaded: int
    completed: int
    minutes: int


class StudentAssignments(Answer):
    """The open assignments by due date, then the finished ones, at most 200 together. `use` counts
    all of the child's use."""

    items: list[StudentAssignment]
    open_count: int
    finished_count: int
    use: UseTotals


class StudentLibrary(Answer):
    """Everything that one child was ever assigned, finished and used."""

    assignments: list[StudentAssignment]
    uses: list[Use]


class AssignmentMade(Event):
    """A resource or a collection was assigned to a child or a class."""

    type: ClassVar[str] = "resources.assignment.made.v1"
    assignment_id: UUID
    resource_id: UUID | None
    collection_id: UUID | None
    student_id: UUID | None
    class_id: UUID | None
    partner_id: UUID | None
    due_on: date | None


class AssignmentFinished(Event):
    """A child finished an assignment of its own or of its class."""

    type: ClassVar[str] = "resources.assignment.finished.v1"
    assignment_id: UUID
    resource_id: UUID | None
    collection_id: UUID | None
    student_id: UUID
    class_id: UUID | None
    partner_id: UUID | None
    finished_on: date


class AssignmentWithdrawn(Event):
    """An assignment was withdrawn. Children who had finished it have still finished it."""

    type: ClassVar[str] = "resources.assignment.withdrawn.v1"
    assignment_id: UUID
    student_id: UUID | None
    class_id: UUID | None
