"""Use of resources: opened, downloaded or completed, and for how long."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event


class UseKind(StrEnum):
    OPENED = "opened"
    DOWNLOADED = "downloaded"
    COMPLETED = "completed"


class UseDraft(Body):
    """Students leave `student_id` out, since they record their own use."""

    kind: UseKind
    minutes: int = Field(default=0, ge=0, le=1_440)
    assignment_id: UUID | None = None
    student_id: UUID | None = None


class Use(Answer):
    id: UUID
    resource_id: UUID
    resource_name: str
    kind: UseKind
    minutes: int
    assignment_id: UUID | None
    used_at: datetime


class ResourceUse(Answer):
    """How often a resource was used. No child is named."""

    resource_id: UUID
    resource_name: str
    opened: int
    downloaded: int
    completed: int
    minutes: int
    assignments: int


class UseRecorded(Event):
    """A resource was used; `student_id` is null where no child used it."""

    type: ClassVar[str] = "resources.use.recorded.v1"
    use_id: UUID
    resource_id: UUID
    assignment_id: UUID | None
    student_id: UUID | None
    kind: UseKind
    minutes: int
    used_at: datetime
