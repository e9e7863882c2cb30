"""The event that resources announces when it has erased a child."""

from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event


class ChildErased(Event):
    """Resources has deleted the child's data from its tables, and the child's events from the
    stream."""

    type: ClassVar[str] = "resources.child.erased.v1"

    erasure_id: UUID
    student_id: UUID
    rows: int
