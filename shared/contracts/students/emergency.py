"""Access in an emergency: opened by the one who needs it, for a day at most, told to district and
family, and reviewed (34 CFR 99.31(a)(10), 99.32(a)(5), 99.36)."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Answer, Body, Event

MOST_HOURS = 24
Why = Annotated[str, StringConstraints(min_length=20, max_length=2_000)]


class EmergencyDraft(Body):
    """`reason`: the articulable and significant threat to health or safety (99.36(c))."""

    reason: Why
    hours: int = Field(ge=1, le=MOST_HOURS)


class EmergencyReview(Body):
    justified: bool
    finding: Why


class EmergencyAccess(Answer):
    """One account's access to one child. The family reads that there was one, whose, when, and
    whether it was justified; the words may be about somebody of the family, and it asks the
    district for them."""

    id: UUID
    version: int
    student_id: UUID
    account_id: UUID
    role: str
    partner_id: UUID | None
    partner_name: str | None
    begins_at: datetime
    ends_at: datetime
    open: bool = Field(description="At this moment.")
    overdue: bool = Field(description="Not reviewed for three days.")
    reason: str | None
    reviewed_at: datetime | None
    reviewed_by: UUID | None
    justified: bool | None
    finding: str | None


class EmergencyAccessOpened(Event):
    """Somebody opened what protects a child's health and safety. The reason is not told."""

    type: ClassVar[str] = "students.emergency-access.opened.v1"

    emergency_id: UUID
    student_id: UUID
    partner_id: UUID | None
    begins_at: datetime
    ends_at: datetime


class EmergencyAccessEnded(Event):
    """Ended before its time, by its holder or by the district."""

    type: ClassVar[str] = "students.emergency-access.ended.v1"

    emergency_id: UUID
    student_id: UUID
    ended_at: datetime


class EmergencyAccessReviewed(Event):
    """The district looked at it afterwards."""

    type: ClassVar[str] = "students.emergency-access.reviewed.v1"

    emergency_id: UUID
    student_id: UUID
    justified: bool
    reviewed_at: datetime
