"""Assignments over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from services.resources.assignment.assignments import actions, queries
from shared.contracts.resources.assignment import (
    Assignment,
    AssignmentDraft,
    AssignmentStatus,
    Completion,
    CompletionDraft,
    StudentAssignments,
    StudentLibrary,
)
from shared.contracts.together import GrantedChildren
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfClass, OfResource, OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import internal, noun
from shared.http.together import BODY_BYTES, DECLARED, Together
from shared.persistence.database import Reader, Session
from shared.security.callers import (
    AssignmentsFinisher,
    AssignmentsReader,
    AssignmentsWriter,
    Composer,
)
from shared.security.grants import Category, ChildGrant, MaybeGrant
from shared.security.permissions import Permission

router = noun("assignments")
composed = internal()
OfChild = Annotated[
    UUID | None,
    Query(description="Only those made to this child, not to one of its classes. Refused where"
                      " the caller may not have the child's resources today."),
]  # fmt: skip


@router.get("", responses=refusals(404))
async def list_assignments(
    caller: AssignmentsReader,
    grant: MaybeGrant,
    reader: Reader,
    paging: Paging,
    status: OfStatus[AssignmentStatus] = None,
    class_id: OfClass = None,
    student_id: OfChild = None,
    resource_id: OfResource = None,
) -> Page[Assignment]:
    """The assignments that the caller made, newest first; for a student, those made to that
    student."""
    return await queries.assignments(
        reader, caller, grant, paging, status=status, class_id=class_id, student_id=student_id,
        resource_id=resource_id,
    )  # fmt: skip


@router.post("", status_code=201, responses=refusals(404))
async def assign_resource(
    draft: AssignmentDraft,
    caller: AssignmentsWriter,
    grant: MaybeGrant,
    session: Session,
    response: Response,
) -> Assignment:
    """Assign a resource or a collection to a child or to a class. For a child the caller needs a
    grant of students; to a class only educators assign. Announces
    `resources.assignment.made.v1`."""
    row = await actions.assign(session, caller, draft, grant)
    return tagged(response, await queries.one_assignment(session, caller, row.id))


@router.get("/{assignment_id}", responses=refusals(404))
async def read_assignment(
    assignment_id: UUID, caller: AssignmentsReader, grant: MaybeGrant, reader: Reader,
    response: Response,
) -> Assignment:  # fmt: skip
    """One assignment of the caller."""
    return tagged(response, await queries.one_assignment(reader, caller, assignment_id, grant))


@router.post("/{assignment_id}/completions", status_code=201, responses=refusals(404, 409))
async def finish_assignment(
    assignment_id: UUID,
    draft: CompletionDraft,
    caller: AssignmentsFinisher,
    grant: MaybeGrant,
    session: Session,
    now: Now,
) -> Completion:
    """Record that a child finished an assignment. The student records it, or the assignment's
    maker. For a class the grant must name the class. Announces
    `resources.assignment.finished.v1`."""
    row = await actions.finish(session, caller, assignment_id, draft, grant, now)
    return Completion.model_validate(row)


@router.post(
    "/{assignment_id}/withdrawal", status_code=201, responses=refusals(404, 409, 412, 428)
)
async def withdraw_assignment(
    assignment_id: UUID,
    expected: IfMatch,
    caller: AssignmentsWriter,
    session: Session,
    response: Response,
) -> Assignment:
    """Withdraw an assignment. Children who had finished it have still finished it. Announces
    `resources.assignment.withdrawn.v1`."""
    row = await actions.withdraw(session, caller, assignment_id, expected)
    return tagged(response, await queries.one_assignment(session, caller, row.id))


@composed.post(
    "/assignments", max_body_size=BODY_BYTES, response_class=Response, responses=DECLARED
)
async def read_assignments(
    question: GrantedChildren, _: Composer, reader: Reader, request: Request
) -> Response:
    """The assignments of many children, of each what its caller's grant opens."""
    together = Together(request, question.items, question.callers, Permission.ASSIGNMENTS_READ)
    granted = together.granted(question, Category.RESOURCES)
    return together.answer(await queries.of_students(reader, granted))


@composed.get("/students/{student_id}/assignments")
async def student_assignments(
    student_id: UUID, _: AssignmentsReader, grant: ChildGrant, reader: Reader
) -> StudentAssignments:
    """The assignments of the grant's child. Asked by a gateway of an earlier release."""
    return await queries.of_student(reader, student_id, grant)


@composed.get("/students/{student_id}/library")
async def read_library(
    student_id: UUID, _: AssignmentsReader, grant: ChildGrant, reader: Reader
) -> StudentLibrary:
    """Everything the grant's child was assigned, finished and used. 403 without a grant for it."""
    return await queries.all_of_student(reader, student_id, grant)
