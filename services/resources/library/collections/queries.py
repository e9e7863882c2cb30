"""Reading collections: shared ones are everybody's, others are their own people's."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.resources.library.collections.records import CollectionItemRow, CollectionRow
from services.resources.library.resources import queries as resources
from services.resources.library.resources.records import ResourceRow
from services.resources.library.resources.rules import EVERYWHERE, own_partner
from shared.contracts.resources.collection import (
    Collection,
    CollectionStatus,
    CollectionSummary,
)
from shared.contracts.resources.resource import ResourceSummary
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one, row_for_change, unknown
from shared.security.principal import Principal


def own(caller: Principal) -> ColumnElement[bool]:
    conditions = [col(CollectionRow.owner_id) == caller.account_id]
    if caller.role in EVERYWHERE:
        conditions.append(col(CollectionRow.id).is_not(None))
    partner_id = own_partner(caller.role, caller.partner_id)
    if partner_id is not None:
        conditions.append(col(CollectionRow.partner_id) == partner_id)
    return or_(*conditions)


def visible(caller: Principal) -> ColumnElement[bool]:
    return or_(col(CollectionRow.status) == CollectionStatus.SHARED, own(caller))


async def collections(
    reader: Reading, caller: Principal, paging: PageRequest, *, mine: bool
) -> Page[CollectionSummary]:
    found = select(*columns(CollectionSummary, CollectionRow)).where(
        own(caller) if mine else visible(caller),
        CollectionRow.status != CollectionStatus.WITHDRAWN,
    )
    by = [col(CollectionRow.title), col(CollectionRow.id)]
    return await page(reader, found, CollectionSummary, paging, by=by)


async def collection(reader: Reading, caller: Principal, collection_id: UUID) -> Collection:
    found = select(*columns(CollectionSummary, CollectionRow)).where(
        CollectionRow.id == collection_id, visible(caller)
    )
    summary = await one(reader, found, CollectionSummary, "collection")
    inside = (
        resources.summaries()
        .join(CollectionItemRow, col(CollectionItemRow.resource_id) == col(ResourceRow.id))
        .where(CollectionItemRow.collection_id == collection_id, resources.visible(caller))
        .order_by(CollectionItemRow.position)
    )
    held = await many(reader, inside, ResourceSummary)
    return Collection(**summary.model_dump(), resources=held)


async def collection_row(
    session: AsyncSession, caller: Principal, collection_id: UUID
) -> CollectionRow:
    """For change: locked until the transaction ends."""
    return await row_for_change(
        session, CollectionRow, collection_id, "collection", visible(caller)
    )


async def title(session: AsyncSession, caller: Principal, collection_id: UUID) -> str:
    """Its title, where the caller may see it and it is not withdrawn."""
    found = select(CollectionRow.title).where(
        CollectionRow.id == collection_id,
        CollectionRow.status != CollectionStatus.WITHDRAWN,
        visible(caller),
    )
    text: str | None = (await session.execute(found)).scalar_one_or_none()
    if text is None:
        raise unknown("collection")
    return text


async def known(
    session: AsyncSession, caller: Principal, resource_ids: Sequence[UUID]
) -> set[UUID]:
    """Which of these resources the caller may see."""
    found = select(ResourceRow.id).where(
        col(ResourceRow.id).in_(resource_ids), resources.visible(caller)
    )
    return set((await session.execute(found)).scalars())
