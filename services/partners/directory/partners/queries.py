"""Reading partners. The directory is public."""

from typing import Any
from uuid import UUID

from sqlalchemy import false, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.records import PartnerRow, partner
from shared.contracts.partners.partner import Partner, PartnerKind, PartnerStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, one, row_for_change
from shared.security.principal import Principal, Role


def kept_by(caller: Principal, partner_id: Any) -> list[Any]:
    """Conditions on the column `partner_id`: the caller's own partner, for a district's
    administrator also its schools, for the operator all."""
    if caller.role is Role.OPERATOR:
        return []
    if caller.partner_id is None:
        return [false()]
    if caller.role is Role.DISTRICT_ADMIN:
        below = select(partner.id).where(partner.parent_id == caller.partner_id)
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
        found = found.where(partner.kind == kind)
    if status is not None:
        found = found.where(partner.status == status)
    if parent_id is not None:
        found = found.where(partner.parent_id == parent_id)
    return await page(reader, found, Partner, paging, by=[partner.name, partner.id])


async def one_partner(reader: Reading, partner_id: UUID) -> Partner:
    found = select(*columns(Partner, PartnerRow)).where(partner.id == partner_id)
    return await one(reader, found, Partner, "partner")


async def partner_row(session: AsyncSession, partner_id: UUID) -> PartnerRow:
    """For change: locked until the transaction ends. An action that adds to a partner or removes
    from it locks it first."""
    return await row_for_change(session, PartnerRow, partner_id, "partner")
