"""Schools. Their names are public, and their students are not."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.students.participation.programs.records import offering_partner
from services.students.roster.school_partners.records import school_partner
from services.students.roster.schools.records import OrgRow, org
from shared.contracts.students.school import RosterStatus, School
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, unknown

above: Any = aliased(org, name="above")
itself: Any = aliased(offering_partner, name="itself")


def listed() -> Select[Any]:
    return (
        select(
            *columns(School, OrgRow), offering_partner.name.label("source_name"),
            above.name.label("parent_name"), school_partner.partner_id,
            itself.name.label("partner_name"),
        )
        .outerjoin(offering_partner, offering_partner.partner_id == org.source)
        .outerjoin(above, above.id == org.parent_id)
        .outerjoin(school_partner, school_partner.id == org.id)
        .outerjoin(itself, itself.partner_id == school_partner.partner_id)
    )  # fmt: skip


async def schools(
    reader: Reading, paging: PageRequest, *, ids: Sequence[UUID], type: str | None,
    identifier: str | None, partner_id: UUID | None,
) -> Page[School]:  # fmt: skip
    found = listed().where(org.id.in_(ids) if ids else org.status == RosterStatus.ACTIVE)
    if partner_id is not None:
        found = found.where(school_partner.partner_id == partner_id)
    if type is not None:
        found = found.where(org.type == type)
    if identifier is not None:
        found = found.where(func.coalesce(org.identifier, org.source_id) == identifier)
    return await page(reader, found, School, paging, by=[org.name, org.id])


async def ensure_school(session: AsyncSession, source: UUID, school_id: UUID | None) -> None:
    """Raises `NotFound("school-unknown")` where the id names no school of this source."""
    if school_id is None:
        return
    found = select(org.id).where(
        org.id == school_id, org.source == source, org.status == RosterStatus.ACTIVE
    )
    if (await session.execute(found)).first() is None:
        raise unknown("school")
