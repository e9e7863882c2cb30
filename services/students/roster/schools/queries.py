"""Schools. Which there are is no secret; who is in them is."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.roster.schools.records import OrgRow
from shared.contracts.students.school import RosterStatus, School
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, unknown

ORG: Any = OrgRow


async def schools(
    reader: Reading, paging: PageRequest, *, type: str | None, identifier: str | None
) -> Page[School]:
    found = select(*columns(School, ORG)).where(ORG.status == RosterStatus.ACTIVE)
    if type is not None:
        found = found.where(ORG.type == type)
    if identifier is not None:
        found = found.where(func.coalesce(ORG.identifier, ORG.source_id) == identifier)
    return await page(reader, found, School, paging, by=[ORG.name, ORG.id])


async def ensure_school(session: AsyncSession, source: UUID, school_id: UUID | None) -> None:
    """Raises `NotFound("school-unknown")` for what is no school of this source."""
    if school_id is None:
        return
    found = select(ORG.id).where(
        ORG.id == school_id, ORG.source == source, ORG.status == RosterStatus.ACTIVE
    )
    if (await session.execute(found)).first() is None:
        raise unknown("school")
