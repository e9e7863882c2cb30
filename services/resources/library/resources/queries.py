"""Reading resources: shared ones are everybody's, others are their own people's."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.resources.library.known_partners.records import KnownPartnerRow
from services.resources.library.resources import rules
from services.resources.library.resources.records import ResourceRow
from shared.contracts.resources.resource import (
    PartnerResources,
    Resource,
    ResourceStatus,
    ResourceSummary,
)
from shared.core.refusals import Conflict
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one, row_for_change, unknown
from shared.security.principal import Principal

NEWEST = 5
PARTNER_NAME: Any = col(KnownPartnerRow.name).label("partner_name")
OF_PARTNER = col(KnownPartnerRow.partner_id) == col(ResourceRow.partner_id)


def own(caller: Principal) -> ColumnElement[bool]:
    """What the caller reads because it is theirs, shared or not."""
    conditions = [col(ResourceRow.owner_id) == caller.account_id]
    if caller.role in rules.EVERYWHERE:
        conditions.append(col(ResourceRow.id).is_not(None))
    partner_id = rules.own_partner(caller.role, caller.partner_id)
    if partner_id is not None:
        conditions.append(col(ResourceRow.partner_id) == partner_id)
    return or_(*conditions)


def visible(caller: Principal) -> ColumnElement[bool]:
    return or_(col(ResourceRow.status) == ResourceStatus.SHARED, own(caller))


def summaries() -> Any:
    found = select(*[*columns(ResourceSummary, ResourceRow), PARTNER_NAME])
    return found.join(KnownPartnerRow, OF_PARTNER, isouter=True)


async def resource(reader: Reading, caller: Principal, resource_id: UUID) -> Resource:
    found = (
        select(*[*columns(Resource, ResourceRow), PARTNER_NAME])
        .join(KnownPartnerRow, OF_PARTNER, isouter=True)
        .where(ResourceRow.id == resource_id, visible(caller))
    )
    return await one(reader, found, Resource, "resource")


async def own_resources(
    reader: Reading, caller: Principal, paging: PageRequest
) -> Page[ResourceSummary]:
    found = summaries().where(own(caller))
    return await page(
        reader, found, ResourceSummary, paging, by=[col(ResourceRow.id)], descending=True
    )


async def resource_row(session: AsyncSession, caller: Principal, resource_id: UUID) -> ResourceRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(session, ResourceRow, resource_id, "resource", visible(caller))


async def title(session: AsyncSession, caller: Principal, resource_id: UUID) -> str:
    """Its name, where the caller may see it."""
    found = select(ResourceRow.name).where(ResourceRow.id == resource_id, visible(caller))
    name: str | None = (await session.execute(found)).scalar_one_or_none()
    if name is None:
        raise unknown("resource")
    return name


async def ensure_url_free(
    session: AsyncSession, partner_id: UUID | None, url: str, but: UUID | None = None
) -> None:
    """Raises 409 where the partner has a resource at this address already."""
    taken = select(ResourceRow.id).where(
        col(ResourceRow.partner_id).is_not_distinct_from(partner_id),
        ResourceRow.url == url,
        col(ResourceRow.id).is_distinct_from(but),
    )
    if (await session.execute(taken)).first() is not None:
        raise Conflict("resource-url-taken", "The partner has a resource at this address already.")


async def partner_resources(reader: Reading, partner_id: UUID) -> PartnerResources:
    shared = (ResourceRow.partner_id == partner_id, ResourceRow.status == ResourceStatus.SHARED)
    count = await reader.execute(select(func.count()).select_from(ResourceRow).where(*shared))
    newest = summaries().where(*shared).order_by(col(ResourceRow.id).desc()).limit(NEWEST)
    return PartnerResources(
        count=count.scalar_one(), newest=await many(reader, newest, ResourceSummary)
    )
