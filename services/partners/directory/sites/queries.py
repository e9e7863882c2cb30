"""Reading sites. The directory is public."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.records import partner
from services.partners.directory.sites.records import SiteRow, site
from shared.contracts.partners.site import Site, SiteStatus
from shared.http.list_for_all import ListForAll
from shared.http.paging import PageRequest
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, row_for_change, unknown
from shared.persistence.statements import Statement, among


def answers() -> Select[Any]:
    named = partner.name.label("partner_name")
    return select(*columns(Site, SiteRow), named).outerjoin(partner, partner.id == site.partner_id)


SITE = Statement(answers().where(site.id == bindparam("site_id")), Site)
SITES = ListForAll(
    answers(), Site, by=[site.name, site.id],
    filters={
        "ids": among(site.id),
        "partner_id": site.partner_id == bindparam("partner_id"),
        "status": site.status == bindparam("status"),
    },
)  # fmt: skip


async def sites(
    reader: Reading,
    ids: Sequence[UUID],
    partner_id: UUID | None,
    status: SiteStatus | None,
    paging: PageRequest,
) -> Response:
    return await SITES.page(reader, paging, ids=ids, partner_id=partner_id, status=status)


async def one_site(reader: Reading, site_id: UUID) -> Site:
    return await SITE.one(reader, "site", site_id=site_id)


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
