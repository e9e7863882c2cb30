"""Making, changing and withdrawing collections."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.library.collections import queries, rules
from services.resources.library.collections.records import (
    CollectionItemRow,
    CollectionRow,
    collection_item,
)
from shared.contracts.resources.collection import (
    CollectionChange,
    CollectionChanged,
    CollectionDraft,
    CollectionMade,
    CollectionStatus,
)
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def make(session: AsyncSession, caller: Principal, draft: CollectionDraft) -> CollectionRow:
    known = await queries.known(session, caller, draft.resource_ids)

    rules.ensure_each_once(draft.resource_ids)
    rules.ensure_all_known(draft.resource_ids, known)

    collection = CollectionRow(
        owner_id=caller.account_id,
        partner_id=caller.partner_id,
        title=draft.title,
        description=draft.description,
        status=rules.status(shared=draft.shared),
    )
    session.add(collection)
    await session.flush()
    _put(session, collection, draft.resource_ids)

    announce(session, collection, CollectionMade(**_state(collection, draft.resource_ids)))
    return collection


async def change(
    session: AsyncSession,
    caller: Principal,
    collection_id: UUID,
    expected: int,
    wanted: CollectionChange,
) -> CollectionRow:
    collection = await queries.collection_row(session, caller, collection_id)
    ensure_version(collection, expected)
    known = await queries.known(session, caller, wanted.resource_ids)

    rules.ensure_writable(caller, collection.owner_id, collection.partner_id)
    rules.ensure_each_once(wanted.resource_ids)
    rules.ensure_all_known(wanted.resource_ids, known)

    collection.title = wanted.title
    collection.description = wanted.description
    collection.status = rules.status(shared=wanted.shared)
    await session.execute(
        delete(collection_item).where(collection_item.collection_id == collection.id)
    )
    _put(session, collection, wanted.resource_ids)

    announce(session, collection, CollectionChanged(**_state(collection, wanted.resource_ids)))
    return collection


async def withdraw(
    session: AsyncSession, caller: Principal, collection_id: UUID, expected: int
) -> CollectionRow:
    collection = await queries.collection_row(session, caller, collection_id)
    ensure_version(collection, expected)
    held = select(collection_item.resource_id).where(
        collection_item.collection_id == collection_id
    )
    resource_ids = (await session.execute(held.order_by(collection_item.position))).scalars()

    rules.ensure_writable(caller, collection.owner_id, collection.partner_id)
    rules.ensure_not_withdrawn(collection.status)

    collection.status = CollectionStatus.WITHDRAWN

    announce(session, collection, CollectionChanged(**_state(collection, list(resource_ids))))
    return collection


def _put(session: AsyncSession, collection: CollectionRow, resource_ids: Sequence[UUID]) -> None:
    collection.resources_count = len(resource_ids)
    session.add_all(
        CollectionItemRow(collection_id=collection.id, position=position, resource_id=resource_id)
        for position, resource_id in enumerate(resource_ids, 1)
    )


def _state(collection: CollectionRow, resource_ids: Sequence[UUID]) -> dict[str, Any]:
    return {
        "collection_id": collection.id,
        "partner_id": collection.partner_id,
        "status": collection.status,
        "resource_ids": list(resource_ids),
    }
