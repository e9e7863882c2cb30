"""Reading sites. The directory is public."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.records import partner
from services.partners.directory.sites.records import SiteRow, site
from shared.contracts.partners.site import Site, SiteStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one, row_for_change, unknown


def answers() -> Select[Any]:
    named = partner.name.label("partner_name")
    return select(*columns(Site, SiteRow), named).outerjoin(partner, partner.id == site.partner_id)


async def sites(
    reader: Reading,
    ids: Sequence[UUID],
    partner_id: UUID | None,
    status: SiteStatus | None,
    paging: PageRequest,
) -> Page[Site]:
    found = answers()
    if ids:
        found = found.where(site.id.in_(ids))
    if partner_id is not None:
        found = found.where(site.partner_id == partner_id)
    if status is not None:
        found = found.where(site.status == status)
    return await page(reader, found, Site, paging, by=[site.name, site.id])


async def one_site(reader: Reading, site_id: UUID) -> Site:
    return await one(reader, answers().where(site.id == site_id), Site, "site")


async def sites_of(reader: Reading, partner_id: UUID, limit: int) -> list[Site]:
    found = answers().where(site.partner_id == partner_id)
    return await many(reader, found.order_by(site.name).limit(limit), Site)


async def ensure_known(reader: Reading, site_ids: Iterable[UUID]) -> None:
    """Raises `site-unknown` where one of them does not exist."""
    wanted = set(site_ids)
    found = await reader.execute(select(site.id).where(site.id.in_(wanted)))
    if wanted - set(found.scalars()):
        raise unknown("site")


async def site_row(session: AsyncSession, site_id: UUID) -> SiteRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(session, SiteRow, site_id, "site")
