"""Assigning, finishing and withdrawing, and erasing a child's assignments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.assignment.assignments import queries, rules
from services.resources.assignment.assignments.records import AssignmentRow, CompletionRow
from services.resources.library.collections import queries as collections
from services.resources.library.resources import queries as resources
from shared.contracts.resources.assignment import (
    AssignmentDraft,
    AssignmentFinished,
    AssignmentMade,
    AssignmentStatus,
    AssignmentWithdrawn,
    CompletionDraft,
)
from shared.core.days import day_of
from shared.events.erasure import ensure_kept
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.grants import Grant
from shared.security.principal import Principal

# Assignments of a class stay, without the child's completions.
FORGET = (
    text("delete from completion where student_id = :id returning 1"),
    text("delete from assignment where student_id = :id returning 1"),
)


async def assign(
    session: AsyncSession, caller: Principal, draft: AssignmentDraft, grant: Grant | None
) -> AssignmentRow:
    title = await _title(session, caller, draft)

    rules.ensure_may_assign(caller, draft.student_id, draft.class_id, grant)
    await ensure_kept(session, draft.student_id)

    assignment = AssignmentRow(
        status=AssignmentStatus.OPEN,
        title=title,
        assigned_by=caller.account_id,
        partner_id=caller.partner_id,
        **draft.model_dump(),
    )

    announce(
        session,
        assignment,
        AssignmentMade(
            assignment_id=assignment.id,
            resource_id=assignment.resource_id,
            collection_id=assignment.collection_id,
            student_id=assignment.student_id,
            class_id=assignment.class_id,
            partner_id=assignment.partner_id,
            due_on=assignment.due_on,
        ),
    )
    return assignment


async def finish(
    session: AsyncSession,
    caller: Principal,
    assignment_id: UUID,
    draft: CompletionDraft,
    grant: Grant | None,
    now: datetime,
) -> CompletionRow:
    assignment = await queries.any_row(session, assignment_id)
    student_id = rules.who_finished(
        caller,
        draft.student_id,
        assignment.assigned_by,
        assignment.student_id,
        assignment.class_id,
        grant,
    )
    await ensure_kept(session, student_id)
    finished = await queries.is_finished(session, assignment_id, student_id)

    rules.ensure_open(assignment.status)
    rules.ensure_unfinished(finished=finished)

    completion = CompletionRow(
        assignment_id=assignment_id,
        student_id=student_id,
        recorded_by=caller.account_id,
        finished_at=now,
    )
    session.add(completion)
    assignment.finished_count += 1

    announce(session, assignment, _finished(assignment, completion))
    return completion


async def withdraw(
    session: AsyncSession, caller: Principal, assignment_id: UUID, expected: int
) -> AssignmentRow:
    assignment = await queries.own_row(session, caller, assignment_id)
    ensure_version(assignment, expected)

    rules.ensure_open(assignment.status)

    assignment.status = AssignmentStatus.WITHDRAWN

    announce(
        session,
        assignment,
        AssignmentWithdrawn(
            assignment_id=assignment.id,
            student_id=assignment.student_id,
            class_id=assignment.class_id,
        ),
    )
    return assignment


async def forget(session: AsyncSession, student_id: UUID) -> int:
    """Delete the child's assignments and completions. Gives the number of rows."""
    rows = 0
    for statement in FORGET:
        rows += len((await session.execute(statement, {"id": student_id})).all())
    return rows


async def _title(session: AsyncSession, caller: Principal, draft: AssignmentDraft) -> str:
    if draft.resource_id is not None:
        return await resources.title(session, caller, draft.resource_id)
    if draft.collection_id is not None:
        return await collections.title(session, caller, draft.collection_id)
    raise AssertionError("an assignment is of a resource or a collection")


def _finished(assignment: AssignmentRow, completion: CompletionRow) -> AssignmentFinished:
    return AssignmentFinished(
        assignment_id=assignment.id,
        resource_id=assignment.resource_id,
        collection_id=assignment.collection_id,
        student_id=completion.student_id,
        class_id=assignment.class_id,
        partner_id=assignment.partner_id,
        finished_on=day_of(completion.finished_at),
    )
