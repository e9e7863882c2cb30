"""Reading assignments: callers read those they made; those of a child only under a grant."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Select, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.assignment.assignments import rules
from services.resources.assignment.assignments.records import AssignmentRow, assignment, completion
from services.resources.library.known_partners.queries import PARTNER_NAME
from services.resources.library.known_partners.records import known_partner
from shared.contracts.resources.assignment import (
    Assignment,
    AssignmentStatus,
    StudentAssignment,
    StudentAssignments,
    StudentLibrary,
    UseTotals,
)
from shared.contracts.resources.use import Use
from shared.http.paging import Page, PageRequest, page
from shared.http.together import Granted
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one, row_for_change
from shared.persistence.together import each_of
from shared.security.grants import Category, Grant, ensure_granted
from shared.security.principal import Principal, Role

SHOWN = 200
OF_CHILD = """
    from assignment a
      left join completion c on c.assignment_id = a.id and c.student_id = asked.student_id
      left join resource r on r.id = a.resource_id
    where (a.student_id = asked.student_id or a.class_id = any(asked.class_ids))
      and (a.status = 'open' or c.id is not null)
"""
UTC = """to_char({} at time zone 'UTC', 'YYYY-MM-DD"T"HH24\\:MI\\:SS.US"Z"')"""
"""A moment within JSON, where PostgreSQL would write it in the partnership's zone."""
GIVEN = text(f"""
    select asked.n, given.items, numbers.open_count, numbers.finished_count,
      used.opened, used.downloaded, used.completed, used.minutes
    from json_to_recordset(cast(:asked as json)) as asked(n int, student_id uuid, class_ids uuid[])
      cross join lateral (
        select coalesce(json_agg(given), '[]') as items from (
          select a.id, a.resource_id, a.collection_id, a.title, r.url, a.class_id, a.due_on,
            a.instructions, {UTC.format("a.created_at")} as assigned_at,
            {UTC.format("c.finished_at")} as finished_at {OF_CHILD}
          order by c.finished_at desc nulls first, a.due_on nulls last, a.id limit {SHOWN}
        ) given
      ) given
      cross join lateral (
        select count(*) filter (where c.id is null) as open_count,
          count(c.id) as finished_count {OF_CHILD}
      ) numbers
      cross join lateral (
        select count(*) filter (where kind = 'opened') as opened,
          count(*) filter (where kind = 'downloaded') as downloaded,
          count(*) filter (where kind = 'completed') as completed,
          coalesce(sum(minutes), 0) as minutes
        from resource_use where student_id = asked.student_id
      ) used
""").columns(items=JSON())
EVERY = text("""
    select a.id, a.resource_id, a.collection_id, a.title, r.url, a.class_id, a.due_on,
      a.instructions, a.created_at as assigned_at, c.finished_at
    from assignment a
      left join completion c on c.assignment_id = a.id and c.student_id = :student_id
      left join resource r on r.id = a.resource_id
    where a.student_id = :student_id or a.class_id = any(cast(:class_ids as uuid[]))
      or c.id is not null
    order by a.id
""")
EVERY_USE = text("""
    select u.id, u.resource_id, r.name as resource_name, u.kind, u.minutes, u.assignment_id,
      u.used_at
    from resource_use u join resource r on r.id = u.resource_id
    where u.student_id = :student_id order by u.id
""")


def theirs(caller: Principal, grant: Grant | None) -> ColumnElement[bool]:
    """The caller's assignments: those the caller made; for a student also those made to that
    student. Who the student is, the grant says: a membership alone could name another child."""
    made: ColumnElement[bool] = assignment.assigned_by == caller.account_id
    if caller.role is Role.STUDENT and rules.is_own(grant, caller.person_id):
        return or_(made, assignment.student_id == caller.person_id)
    return made


def _assignments(caller: Principal, grant: Grant | None) -> Select[Any]:
    return (
        select(*columns(Assignment, AssignmentRow), PARTNER_NAME)
        .outerjoin(known_partner, known_partner.partner_id == assignment.partner_id)
        .where(theirs(caller, grant))
    )


async def assignments(
    reader: Reading,
    caller: Principal,
    grant: Grant | None,
    paging: PageRequest,
    *,
    status: AssignmentStatus | None,
    class_id: UUID | None,
    student_id: UUID | None,
    resource_id: UUID | None,
) -> Page[Assignment]:
    wanted = {"status": status, "class_id": class_id, "student_id": student_id,
              "resource_id": resource_id}  # fmt: skip
    filters = (getattr(assignment, n) == value for n, value in wanted.items() if value)
    found = _assignments(caller, grant).where(*filters)
    by = [assignment.id]
    return await page(reader, found, Assignment, paging, by=by, descending=True)


async def one_assignment(
    reader: Reading, caller: Principal, assignment_id: UUID, grant: Grant | None = None
) -> Assignment:
    found = _assignments(caller, grant).where(assignment.id == assignment_id)
    return await one(reader, found, Assignment, "assignment")


async def own_row(session: AsyncSession, caller: Principal, assignment_id: UUID) -> AssignmentRow:
    """An assignment for change by its maker: locked until the transaction ends."""
    made = assignment.assigned_by == caller.account_id
    return await row_for_change(session, AssignmentRow, assignment_id, "assignment", made)


async def any_row(session: AsyncSession, assignment_id: UUID) -> AssignmentRow:
    """An assignment to finish. The rule decides whether the caller may finish it."""
    return await row_for_change(session, AssignmentRow, assignment_id, "assignment")


async def is_finished(session: AsyncSession, assignment_id: UUID, student_id: UUID) -> bool:
    found = select(completion.id).where(
        completion.assignment_id == assignment_id, completion.student_id == student_id
    )
    return (await session.execute(found)).first() is not None


async def of_student(reader: Reading, student_id: UUID, grant: Grant) -> StudentAssignments:
    """Raises `Forbidden("grant-refused")` unless the grant allows this child's resources."""
    ensure_granted(grant, student_id, Category.RESOURCES)
    return (await of_students(reader, [Granted(0, grant)]))[0]


async def of_students(
    reader: Reading, granted: Sequence[Granted]
) -> dict[int, StudentAssignments]:
    """The assignments of each grant's child, by number."""
    asked = each_of(
        {"n": n, "student_id": grant.student_id, "class_ids": grant.class_ids}
        for n, grant in granted
    )
    return {
        row.n: StudentAssignments(
            items=row.items,
            open_count=row.open_count,
            finished_count=row.finished_count,
            use=UseTotals.model_validate(row),
        )
        for row in await reader.execute(GIVEN, asked)
    }


async def all_of_student(reader: Reading, student_id: UUID, grant: Grant) -> StudentLibrary:
    """Every assignment of the child: of those made to a class, the ones of today's classes and the
    ones the child finished. Raises `Forbidden("grant-refused")` as above."""
    ensure_granted(grant, student_id, Category.RESOURCES)
    child = {"student_id": student_id}
    named = child | {"class_ids": list(grant.class_ids)}
    return StudentLibrary(
        assignments=await many(reader, EVERY.bindparams(**named), StudentAssignment),
        uses=await many(reader, EVERY_USE.bindparams(**child), Use),
    )
