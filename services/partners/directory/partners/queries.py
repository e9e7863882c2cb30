"""Reading partners. The directory is public."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.partners.directory.partners.records import PartnerRow
from services.partners.directory.partners.rules import EVERY_PARTNER
from shared.contracts.partners.partner import Partner, PartnerKind, PartnerStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, row_for_change
from shared.security.principal import Principal, Role


def kept_by(caller: Principal, partner_id: Any) -> list[Any]:
    """Conditions on the column `partner_id`: the own partner's; a district's administrator sees
    also those of its schools; backbone and operator all."""
    if caller.role in EVERY_PARTNER:
        return []
    if caller.role is Role.DISTRICT_ADMIN:
        below = select(PartnerRow.id).where(PartnerRow.parent_id == caller.partner_id)
        return [(partner_id == caller.partner_id) | partner_id.in_(below)]
    return [partner_id == caller.partner_id]


async def partners(
    reader: Reading,
    kind: PartnerKind | None,
    status: PartnerStatus | None,
    parent_id: UUID | None,
    paging: PageRequest,
) -> Page[Partner]:
    found = select(*columns(Partner, PartnerRow))
    if kind is not None:
        found = found.where(PartnerRow.kind == kind)
    if status is not None:
        found = found.where(PartnerRow.status == status)
    if parent_id is not None:
        found = found.where(PartnerRow.parent_id == parent_id)
    return await page(
        reader, found, Partner, paging, by=[col(PartnerRow.name), col(PartnerRow.id)]
    )


async def partner(reader: Reading, partner_id: UUID) -> Partner:
    found = select(*columns(Partner, PartnerRow)).where(PartnerRow.id == partner_id)
    return await one(reader, found, Partner, "partner")


async def partner_row(session: AsyncSession, partner_id: UUID) -> PartnerRow:
    """For change: locked until the transaction ends. Who comes to a partner, or goes from it,
    locks it first."""
    return await row_for_change(session, PartnerRow, partner_id, "partner")
