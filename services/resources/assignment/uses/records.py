"""The table of use."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field

from shared.persistence.records import Record


class ResourceUseRow(Record, table=True):
    """One act of use; `student_id` is null where no child used the resource."""

    __tablename__ = "resource_use"

    resource_id: UUID = Field(foreign_key="resource.id", index=True)
    assignment_id: UUID | None = Field(default=None, foreign_key="assignment.id", index=True)
    student_id: UUID | None = Field(default=None, index=True)
    recorded_by: UUID
    kind: str
    minutes: int = 0
    used_at: datetime = Field(sa_type=DateTime(timezone=True))


resource_use: Any = ResourceUseRow
