"""Reading collections: everybody reads shared ones; owners and their partners read the others."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.library.collections.records import (
    CollectionRow,
    collection,
    collection_item,
)
from services.resources.library.known_partners.queries import PARTNER_NAME
from services.resources.library.known_partners.records import known_partner
from services.resources.library.resources import queries as resources
from services.resources.library.resources.records import resource
from services.resources.library.resources.rules import own_partner
from shared.contracts.resources.collection import (
    Collection,
    CollectionStatus,
    CollectionSummary,
)
from shared.contracts.resources.resource import ResourceSummary
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one, row_for_change, unknown
from shared.security.principal import Principal, Role


def own(caller: Principal) -> ColumnElement[bool]:
    conditions = [collection.owner_id == caller.account_id]
    if caller.role is Role.OPERATOR:
        conditions.append(collection.id.is_not(None))
    partner_id = own_partner(caller.role, caller.partner_id)
    if partner_id is not None:
        conditions.append(collection.partner_id == partner_id)
    return or_(*conditions)


def visible(caller: Principal) -> ColumnElement[bool]:
    return or_(collection.status == CollectionStatus.SHARED, own(caller))


def _summaries() -> Select[Any]:
    return select(*columns(CollectionSummary, CollectionRow), PARTNER_NAME).outerjoin(
        known_partner, known_partner.partner_id == collection.partner_id
    )


async def collections(
    reader: Reading, caller: Principal, paging: PageRequest, *, mine: bool
) -> Page[CollectionSummary]:
    found = _summaries().where(
        own(caller) if mine else visible(caller),
        collection.status != CollectionStatus.WITHDRAWN,
    )
    by = [collection.title, collection.id]
    return await page(reader, found, CollectionSummary, paging, by=by)


async def one_summary(
    reader: Reading, caller: Principal, collection_id: UUID
) -> CollectionSummary:
    found = _summaries().where(collection.id == collection_id, visible(caller))
    return await one(reader, found, CollectionSummary, "collection")


async def one_collection(reader: Reading, caller: Principal, collection_id: UUID) -> Collection:
    summary = await one_summary(reader, caller, collection_id)
    inside = (
        resources.summaries()
        .join(collection_item, collection_item.resource_id == resource.id)
        .where(collection_item.collection_id == collection_id, resources.visible(caller))
        .order_by(collection_item.position)
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
    """The collection's title, where the caller may see it and it is not withdrawn."""
    found = select(collection.title).where(
        collection.id == collection_id,
        collection.status != CollectionStatus.WITHDRAWN,
        visible(caller),
    )
    text: str | None = (await session.execute(found)).scalar_one_or_none()
    if text is None:
        raise unknown("collection")
    return text


async def known(
    session: AsyncSession, caller: Principal, resource_ids: Sequence[UUID]
) -> set[UUID]:
    """The ids of these resources that the caller may see."""
    found = select(resource.id).where(resource.id.in_(resource_ids), resources.visible(caller))
    return set((await session.execute(found)).scalars())
