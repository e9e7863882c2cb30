"""Reading resources: everybody reads shared ones; owners and their partners read the others."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.library.known_partners.queries import PARTNER_NAME
from services.resources.library.known_partners.records import known_partner
from services.resources.library.resources import rules
from services.resources.library.resources.records import ResourceRow, resource
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
from shared.security.principal import Principal, Role

NEWEST = 5
OF_PARTNER = known_partner.partner_id == resource.partner_id


def own(caller: Principal) -> ColumnElement[bool]:
    """The resources of the caller and the caller's partner, shared or not."""
    conditions = [resource.owner_id == caller.account_id]
    if caller.role is Role.OPERATOR:
        conditions.append(resource.id.is_not(None))
    partner_id = rules.own_partner(caller.role, caller.partner_id)
    if partner_id is not None:
        conditions.append(resource.partner_id == partner_id)
    return or_(*conditions)


def visible(caller: Principal) -> ColumnElement[bool]:
    return or_(resource.status == ResourceStatus.SHARED, own(caller))


def summaries() -> Any:
    found = select(*[*columns(ResourceSummary, ResourceRow), PARTNER_NAME])
    return found.join(known_partner, OF_PARTNER, isouter=True)


async def one_resource(reader: Reading, caller: Principal, resource_id: UUID) -> Resource:
    found = (
        select(*[*columns(Resource, ResourceRow), PARTNER_NAME])
        .join(known_partner, OF_PARTNER, isouter=True)
        .where(resource.id == resource_id, visible(caller))
    )
    return await one(reader, found, Resource, "resource")


async def own_resources(
    reader: Reading, caller: Principal, paging: PageRequest
) -> Page[ResourceSummary]:
    found = summaries().where(own(caller))
    return await page(reader, found, ResourceSummary, paging, by=[resource.id], descending=True)


async def resource_row(session: AsyncSession, caller: Principal, resource_id: UUID) -> ResourceRow:
    """A resource for change: locked until the transaction ends."""
    return await row_for_change(session, ResourceRow, resource_id, "resource", visible(caller))


async def title(session: AsyncSession, caller: Principal, resource_id: UUID) -> str:
    """The resource's name, where the caller may see it."""
    found = select(resource.name).where(resource.id == resource_id, visible(caller))
    name: str | None = (await session.execute(found)).scalar_one_or_none()
    if name is None:
        raise unknown("resource")
    return name


async def ensure_url_free(
    session: AsyncSession, partner_id: UUID | None, url: str, but: UUID | None = None
) -> None:
    """Raises 409 where the partner already has a resource at this address."""
    taken = select(resource.id).where(
        resource.partner_id.is_not_distinct_from(partner_id),
        resource.url == url,
        resource.id.is_distinct_from(but),
    )
    if (await session.execute(taken)).first() is not None:
        raise Conflict("resource-url-taken", "The partner already has a resource at this address.")


async def partner_resources(reader: Reading, partner_id: UUID) -> PartnerResources:
    shared = (resource.partner_id == partner_id, resource.status == ResourceStatus.SHARED)
    count = await reader.execute(select(func.count()).select_from(resource).where(*shared))
    newest = summaries().where(*shared).order_by(resource.id.desc()).limit(NEWEST)
    return PartnerResources(
        count=count.scalar_one(), newest=await many(reader, newest, ResourceSummary)
    )
