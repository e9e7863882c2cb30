"""Directory information: name, grade and school. An agreement lets a partner have it without
consent, unless the family opts out (34 CFR 99.3, 99.31(a)(11), 99.37)."""

from datetime import datetime
from uuid import UUID

from shared.contracts.base import Answer
from shared.contracts.students.consent import ConsentMethod, Signing


class DirectoryChoice(Signing):
    opted_out: bool


class DirectoryInformation(Answer):
    """The family's latest choice on directory information; `said_by` is null before the first
    choice. `version` is the child's. An opt-out stands when the child leaves school (99.37(b))."""

    student_id: UUID
    version: int
    opted_out: bool
    said_by: UUID | None
    recorded_by: UUID | None
    method: ConsentMethod | None
    said_at: datetime | None
