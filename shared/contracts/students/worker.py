"""The staff of partners, of which students keeps a copy."""

from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event


class WorkersAsked(Event):
    """The copy of partners' staff begins later than the memberships. partners announces each
    membership in force again. `record_id` names this request."""

    type: ClassVar[str] = "students.workers.asked.v1"

    record_id: UUID
