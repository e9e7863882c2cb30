"""Assignments over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

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
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfClass, OfResource, OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import internal, noun
from shared.persistence.database import Reader, Session
from shared.security.grants import ChildGrant, MaybeGrant
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("assignments")
composed = internal()
Looker = Annotated[Principal, may(Permission.ASSIGNMENTS_READ)]
Assigner = Annotated[Principal, may(Permission.ASSIGNMENTS_WRITE)]
Finisher = Annotated[Principal, may(Permission.ASSIGNMENTS_FINISH)]
OfChild = Annotated[
    UUID | None,
    Query(description="Only those given to this child, not to a class of its; refused where the"
          " caller may not have the child's resources today."),
]  # fmt: skip


@router.get("", responses=refusals(404))
async def list_assignments(
    caller: Looker,
    reader: Reader,
    paging: Paging,
    status: OfStatus[AssignmentStatus] = None,
    class_id: OfClass = None,
    student_id: OfChild = None,
    resource_id: OfResource = None,
) -> Page[Assignment]:
    """What the caller assigned, newest first; for a student, what that student was given."""
    return await queries.assignments(
        reader, caller, paging, status=status, class_id=class_id, student_id=student_id,
        resource_id=resource_id,
    )  # fmt: skip


@router.post("", status_code=201, responses=refusals(404))
async def assign(
    draft: AssignmentDraft,
    caller: Assigner,
    grant: MaybeGrant,
    session: Session,
    response: Response,
) -> Assignment:
    """Give a resource or a collection to a child, for which the caller needs students' grant, or
    to a class, which only educators may. Announces `resources.assignment.made.v1`."""
    row = await actions.assign(session, caller, draft, grant)
    return tagged(response, Assignment.model_validate(row))


@router.get("/{assignment_id}", responses=refusals(404))
async def read_assignment(
    assignment_id: UUID, caller: Looker, reader: Reader, response: Response
) -> Assignment:
    """One assignment of the caller's."""
    return tagged(response, await queries.assignment(reader, caller, assignment_id))


@router.post("/{assignment_id}/completions", status_code=201, responses=refusals(404, 409))
async def finish_assignment(
    assignment_id: UUID,
    draft: CompletionDraft,
    caller: Finisher,
    grant: MaybeGrant,
    session: Session,
    now: Now,
) -> Completion:
    """Say that a child finished: the student itself, or who assigned it. In a class the grant has
    to name the class. Announces `resources.assignment.finished.v1`."""
    row = await actions.finish(session, caller, assignment_id, draft, grant, now)
    return Completion.model_validate(row)


@router.post(
    "/{assignment_id}/withdrawal", status_code=201, responses=refusals(404, 409, 412, 428)
)
async def withdraw_assignment(
    assignment_id: UUID, expected: IfMatch, caller: Assigner, session: Session, response: Response
) -> Assignment:
    """Take an assignment back; who finished it has finished it.
    Announces `resources.assignment.withdrawn.v1`."""
    row = await actions.withdraw(session, caller, assignment_id, expected)
    return tagged(response, Assignment.model_validate(row))


@composed.get("/students/{student_id}/assignments")
async def student_assignments(
    student_id: UUID, _: Looker, grant: ChildGrant, reader: Reader
) -> StudentAssignments:
    return await queries.of_student(reader, student_id, grant)


@composed.get("/students/{student_id}/library")
async def read_library(
    student_id: UUID, _: Looker, grant: ChildGrant, reader: Reader
) -> StudentLibrary:
    """All that the grant's child was given, finished and used. 403 without a grant for it."""
    return await queries.all_of_student(reader, student_id, grant)
