"""Reading which partner a school is."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.participation.programs.records import offering_partner
from services.students.roster.school_partners.records import SchoolPartnerRow, school_partner
from services.students.roster.schools.records import org
from shared.contracts.students.school import RosterStatus, SchoolPartner
from shared.persistence.database import Reading
from shared.persistence.queries import one, unknown
from shared.security.principal import Principal


async def one_school_partner(reader: Reading, school_id: UUID) -> SchoolPartner:
    chosen: list[Any] = [
        org.id.label("school_id"), org.name.label("school_name"),
        func.coalesce(school_partner.version, 0).label("version"), school_partner.partner_id,
        offering_partner.name.label("partner_name"),
    ]  # fmt: skip
    found = (
        select(*chosen)
        .outerjoin(school_partner, school_partner.id == org.id)
        .outerjoin(offering_partner, offering_partner.partner_id == school_partner.partner_id)
        .where(org.id == school_id)
    )
    return await one(reader, found, SchoolPartner, "school")


async def school_row(session: AsyncSession, caller: Principal, school_id: UUID) -> Any:
    """The type and the source of an organization of the caller's district."""
    found = select(org.type, org.source).where(
        org.id == school_id, org.source == caller.partner_id, org.status == RosterStatus.ACTIVE
    )
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise unknown("school")
    return row


async def link_row(session: AsyncSession, school_id: UUID) -> SchoolPartnerRow:
    """For change: locked until the transaction ends."""
    found = select(SchoolPartnerRow).where(school_partner.id == school_id).with_for_update()
    row: SchoolPartnerRow = (await session.execute(found)).scalar_one()
    return row


async def partner_row(session: AsyncSession, partner_id: UUID) -> Any:
    """The kind and the parent of a partner."""
    found = select(offering_partner.kind, offering_partner.parent_id).where(
        offering_partner.partner_id == partner_id
    )
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise unknown("partner")
    return row


async def is_linked(session: AsyncSession, partner_id: UUID, but: UUID) -> bool:
    """Whether another school is said to be this partner."""
    found = select(school_partner.id).where(
        school_partner.partner_id == partner_id, school_partner.id != but
    )
    return (await session.execute(found)).first() is not None
