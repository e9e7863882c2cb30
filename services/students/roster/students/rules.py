"""What must hold for a child's record."""

from datetime import date
from uuid import UUID

from shared.contracts.students.student import StudentRostered, StudentStatus
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import Principal


def district_of(caller: Principal) -> UUID:
    """The source in whose name the caller keeps records."""
    if caller.partner_id is None:
        raise Forbidden("district-missing", "Only a district's administrator keeps records.")
    return caller.partner_id


def ensure_born(birth_date: date | None, today: date) -> None:
    if birth_date is not None and birth_date > today:
        raise Conflict("birth-date-in-future", "The birth date lies in the future.")


def rostered(
    student_id: UUID, school_id: UUID | None, grade: str | None, status: str
) -> StudentRostered:
    return StudentRostered(
        student_id=student_id, school_id=school_id, grade=grade, status=StudentStatus(status)
    )
