"""Access in an emergency: the person who needs it opens it, for a day at most. The district and the
family read of it, and the district reviews it (34 CFR 99.31(a)(10), 99.32(a)(5), 99.36)."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Answer, Body, Event

MOST_HOURS = 24
Why = Annotated[str, StringConstraints(min_length=20, max_length=2_000)]


class EmergencyDraft(Body):
    """A request for emergency access. `reason`: the articulable and significant threat to health or
    safety (99.36(c))."""

    reason: Why
    hours: int = Field(ge=1, le=MOST_HOURS)


class EmergencyReview(Body):
    justified: bool
    finding: Why


class EmergencyAccess(Answer):
    """One account's access to one child. The family reads that there was one, the account, the time
    and whether it was justified. It does not read `reason` and `finding`, which may be about a
    member of the family; it asks the district for them."""

    id: UUID
    version: int
    student_id: UUID
    account_id: UUID
    role: str
    partner_id: UUID | None
    partner_name: str | None
    begins_at: datetime
    ends_at: datetime
    open: bool = Field(description="Whether the access is open at this moment.")
    overdue: bool = Field(description="Whether it began over three days ago without a review.")
    reason: str | None
    reviewed_at: datetime | None
    reviewed_by: UUID | None
    justified: bool | None
    finding: str | None


class EmergencyAccessOpened(Event):
    """An account opened emergency access to a child. The event does not carry the reason."""

    type: ClassVar[str] = "students.emergency-access.opened.v1"

    emergency_id: UUID
    student_id: UUID
    partner_id: UUID | None
    begins_at: datetime
    ends_at: datetime


class EmergencyAccessEnded(Event):
    """Its holder or the district ended an emergency access before its time."""

    type: ClassVar[str] = "students.emergency-access.ended.v1"

    emergency_id: UUID
    student_id: UUID
    ended_at: datetime


class EmergencyAccessReviewed(Event):
    """The district reviewed an emergency access."""

    type: ClassVar[str] = "students.emergency-access.reviewed.v1"

    emergency_id: UUID
    student_id: UUID
    justified: bool
    reviewed_at: datetime
