"""Counting use, without naming a person."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.assignment.uses.records import ResourceUseRow, resource_use
from services.resources.library.resources import queries as resources
from services.resources.library.resources.records import resource
from shared.contracts.resources.use import ResourceUse, Use
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, unknown
from shared.security.principal import Principal

TOTALS = text("""
    select cast(:resource_id as uuid) as resource_id,
      (select name from resource where id = :resource_id) as resource_name,
      count(*) filter (where kind = 'opened') as opened,
      count(*) filter (where kind = 'downloaded') as downloaded,
      count(*) filter (where kind = 'completed') as completed,
      coalesce(sum(minutes), 0) as minutes,
      (select count(*) from assignment where resource_id = :resource_id) as assignments
    from resource_use where resource_id = :resource_id
""")
ASSIGNED = text("""
    select 1 from assignment a
    where a.id = :assignment_id
      and (a.class_id is not null or a.student_id = cast(:student_id as uuid))
      and (a.resource_id = :resource_id or exists (
        select 1 from collection_item i
        where i.collection_id = a.collection_id and i.resource_id = :resource_id))
""")


async def use_of(reader: Reading, caller: Principal, resource_id: UUID) -> ResourceUse:
    await resources.one_resource(reader, caller, resource_id)
    return await one(reader, TOTALS.bindparams(resource_id=resource_id), ResourceUse, "resource")


async def one_use(reader: Reading, caller: Principal, use_id: UUID) -> Use:
    """A use that the caller recorded."""
    found = (
        select(*columns(Use, ResourceUseRow), resource.name.label("resource_name"))
        .join(resource, resource.id == resource_use.resource_id)
        .where(resource_use.id == use_id, resource_use.recorded_by == caller.account_id)
    )
    return await one(reader, found, Use, "use")


async def ensure_assigned(
    session: AsyncSession, assignment_id: UUID, resource_id: UUID, student_id: UUID | None
) -> None:
    """Raises 404 unless this assignment is of this resource, to this child or to a class."""
    named = {
        "assignment_id": assignment_id,
        "resource_id": resource_id,
        "student_id": student_id,
    }
    if (await session.execute(ASSIGNED, named)).first() is None:
        raise unknown("assignment")
