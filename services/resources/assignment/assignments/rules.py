"""Which caller may assign and finish, and when."""

from uuid import UUID

from shared.contracts.resources.assignment import AssignmentStatus
from shared.core.refusals import Conflict, Forbidden, NotFound
from shared.security.grants import Category, Grant, ensure_granted
from shared.security.principal import Principal, Role


def ensure_may_assign(
    caller: Principal, student_id: UUID | None, class_id: UUID | None, grant: Grant | None
) -> None:
    """Educators assign to a class; to a child, any caller with a grant of students for that
    child."""
    if class_id is not None and caller.role is not Role.EDUCATOR:
        raise Forbidden(
            "class-needs-educator", "Only an educator may assign something to a class."
        )
    if student_id is not None:
        ensure_grant(grant, student_id)


def ensure_grant(grant: Grant | None, student_id: UUID) -> None:
    if grant is None:
        raise Forbidden("grant-refused", "You may not have this part of the child's record.")
    ensure_granted(grant, student_id, Category.RESOURCES)


def is_own(grant: Grant | None, person_id: UUID | None) -> bool:
    """Whether students grants the resources of the child that the caller says to be."""
    return (
        grant is not None
        and grant.student_id == person_id
        and Category.RESOURCES in grant.categories
    )


def who_finished(
    caller: Principal,
    named: UUID | None,
    assigned_by: UUID,
    student_id: UUID | None,
    class_id: UUID | None,
    grant: Grant | None,
) -> UUID:
    """The child that finished: the calling student, or the child that the assignment's maker names.

    For a class the grant says that the child is in it. An assignment that the caller has no part in
    answers like one that does not exist.
    """
    is_student = caller.role is Role.STUDENT
    finished = caller.person_id if is_student else named or student_id
    if not is_student and assigned_by != caller.account_id:
        raise unknown()
    if finished is None:
        raise Conflict("student-missing", "Name the child of the class who finished.")
    if named not in {None, finished} or student_id not in {None, finished}:
        raise unknown()
    if class_id is not None and not in_class(grant, finished, class_id):
        raise unknown()
    return finished


def in_class(grant: Grant | None, student_id: UUID, class_id: UUID) -> bool:
    return (
        grant is not None
        and grant.student_id == student_id
        and Category.RESOURCES in grant.categories
        and class_id in grant.class_ids
    )


def ensure_open(status: str) -> None:
    if status != AssignmentStatus.OPEN:
        raise Conflict("assignment-withdrawn", "The assignment was withdrawn.")


def ensure_unfinished(*, finished: bool) -> None:
    if finished:
        raise Conflict("already-finished", "This child has already finished the assignment.")


def unknown() -> NotFound:
    return NotFound("assignment-unknown", "There is no such assignment.")
