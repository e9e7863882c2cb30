"""What resources says when it has removed a child's data."""

from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event


class ChildErased(Event):
    """The child's data have left the tables of resources, and its events the stream."""

    type: ClassVar[str] = "resources.child.erased.v1"

    erasure_id: UUID
    student_id: UUID
    rows: int
