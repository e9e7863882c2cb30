"""Who may assign, who may finish, and when."""

from uuid import UUID

from shared.contracts.resources.assignment import AssignmentStatus
from shared.core.refusals import Conflict, Forbidden, NotFound
from shared.security.grants import Category, Grant, ensure_granted
from shared.security.principal import Principal, Role


def ensure_may_assign(
    caller: Principal, student_id: UUID | None, class_id: UUID | None, grant: Grant | None
) -> None:
    """To a class an educator assigns; to a child whoever has students' grant for it."""
    if class_id is not None and caller.role is not Role.EDUCATOR:
        raise Forbidden("class-needs-educator", "Only an educator assigns to a class.")
    if student_id is not None:
        ensure_grant(grant, student_id)


def ensure_grant(grant: Grant | None, student_id: UUID) -> None:
    if grant is None:
        raise Forbidden("grant-refused", "There is no valid grant for this child.")
    ensure_granted(grant, student_id, Category.RESOURCES)


def who_finished(
    caller: Principal,
    named: UUID | None,
    assigned_by: UUID,
    student_id: UUID | None,
    class_id: UUID | None,
    grant: Grant | None,
) -> UUID:
    """The child that finished: the student who says so, or the one whom the assigner names.

    In a class the grant says that the child is in it. An assignment that is nothing to the caller
    is not there.
    """
    is_student = caller.role is Role.STUDENT
    finished = caller.person_id if is_student else named or student_id
    if not is_student and assigned_by != caller.account_id:
        raise unknown()
    if finished is None:
        raise Conflict("student-missing", "Say which child of the class finished.")
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
        raise Conflict("already-finished", "This child has finished it already.")


def unknown() -> NotFound:
    return NotFound("assignment-unknown", "There is no such assignment.")
