"""Recording use, and erasing a child's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.assignment.uses import queries, rules
from services.resources.assignment.uses.records import ResourceUseRow
from services.resources.library.resources import queries as resources
from shared.contracts.resources.use import UseDraft, UseRecorded
from shared.events.erasure import ensure_kept
from shared.events.outbox import announce
from shared.security.grants import Grant
from shared.security.principal import Principal

FORGET = text("delete from resource_use where student_id = :id returning 1")


async def record(
    session: AsyncSession,
    caller: Principal,
    resource_id: UUID,
    draft: UseDraft,
    grant: Grant | None,
    now: datetime,
) -> ResourceUseRow:
    await resources.title(session, caller, resource_id)
    student_id = rules.whose(caller, draft.student_id, grant)
    await ensure_kept(session, student_id)
    if draft.assignment_id is not None:
        await queries.ensure_assigned(session, draft.assignment_id, resource_id, student_id)

    use = ResourceUseRow(
        resource_id=resource_id,
        assignment_id=draft.assignment_id,
        student_id=student_id,
        recorded_by=caller.account_id,
        kind=draft.kind,
        minutes=draft.minutes,
        used_at=now,
    )

    announce(
        session,
        use,
        UseRecorded(
            use_id=use.id,
            resource_id=resource_id,
            assignment_id=draft.assignment_id,
            student_id=student_id,
            kind=draft.kind,
            minutes=draft.minutes,
            used_at=now,
        ),
    )
    return use


async def forget(session: AsyncSession, student_id: UUID) -> int:
    """Delete the child's use. Gives the number of rows."""
    return len((await session.execute(FORGET, {"id": student_id})).all())
