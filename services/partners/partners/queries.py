"""Reading partners. The directory is public."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.partners.partners.records import PartnerRow
from shared.contracts.partners.partner import Partner, PartnerKind, PartnerStatus
from shared.database import Reading
from shared.paging import Page, PageRequest, page
from shared.queries import columns, one, row_for_change


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
