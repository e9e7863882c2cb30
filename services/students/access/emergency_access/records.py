"""The table of accesses opened in an emergency."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index
from sqlmodel import Field

from shared.persistence.records import Record


class EmergencyAccessRow(Record, table=True):
    """One account's access to one child, because of an articulable and significant threat to
    health or safety (34 CFR 99.36(c))."""

    __tablename__ = "emergency_access"
    __table_args__: ClassVar = (Index("emergency_access_of", "student_id", "account_id"),)

    student_id: UUID = Field(foreign_key="student.id")
    account_id: UUID
    partner_id: UUID | None = None
    role: str
    reason: str
    begins_at: datetime = Field(sa_type=DateTime(timezone=True))
    ends_at: datetime = Field(sa_type=DateTime(timezone=True))
    reviewed_by: UUID | None = None
    reviewed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    justified: bool | None = None
    finding: str | None = None


emergency_access: Any = EmergencyAccessRow
