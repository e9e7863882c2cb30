"""Remembering partners, and taking what they share out of the library or back into it."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.library.facet_counts.actions import recount
from services.resources.library.facet_counts.queries import of_rows
from shared.contracts.base import Event
from shared.contracts.resources.resource import (
    ResourcePublished,
    ResourceStatus,
    ResourceWithdrawn,
    WithdrawalReason,
)
from shared.events.outbox import announce_many

NAMES = text("""
    insert into known_partner (partner_id, name, alone)
    select named.*, false
    from unnest(cast(:ids as uuid[]), cast(:names as text[])) as named(partner_id, name)
    order by partner_id
    on conflict (partner_id) do update set name = excluded.name
""")
ALONE = text("""
    insert into known_partner (partner_id, name, alone)
    select partner_id, '', :alone from unnest(cast(:ids as uuid[])) as partner_id
    order by partner_id
    on conflict (partner_id) do update set alone = excluded.alone
""")
TOUCHED = text("""
    select id from resource where partner_id = any(cast(:ids as uuid[])) and status = :status
    order by id for update
""")
MOVE = text("""
    update resource set status = :status, version = version + 1, updated_at = now()
    where id = any(cast(:ids as uuid[]))
""")
MOVED = f"""
    select id as aggregate_id, version, jsonb_build_object(
      'resource_id', id, 'partner_id', partner_id, 'title', name, 'url', url, 'status', status,
      'reason', '{WithdrawalReason.PARTNER_LEFT}'
    ) as data
    from resource where id = any(cast(:ids as uuid[]))
"""
ROWS = "select unnest(cast(:ids as uuid[]))"


async def remember_names(session: AsyncSession, names: Mapping[UUID, str]) -> None:
    await session.execute(NAMES, {"ids": list(names), "names": list(names.values())})


async def suspend(session: AsyncSession, partner_ids: Iterable[UUID]) -> None:
    """They are in no partnership any more: nothing of theirs is found until they are again."""
    await _move(session, partner_ids, ResourceStatus.SHARED, ResourceStatus.SUSPENDED)


async def restore(session: AsyncSession, partner_ids: Iterable[UUID]) -> None:
    await _move(session, partner_ids, ResourceStatus.SUSPENDED, ResourceStatus.SHARED)


async def _move(
    session: AsyncSession, partner_ids: Iterable[UUID], of: ResourceStatus, to: ResourceStatus
) -> None:
    partners = sorted(set(partner_ids))
    leaves = to == ResourceStatus.SUSPENDED
    await session.execute(ALONE, {"ids": partners, "alone": leaves})
    found = await session.execute(TOUCHED, {"ids": partners, "status": of})
    ids = list(found.scalars())
    before = await of_rows(session, ROWS, ids=ids)

    await session.execute(MOVE, {"ids": ids, "status": to})

    event: type[Event] = ResourceWithdrawn if leaves else ResourcePublished
    await announce_many(session, event, MOVED, {"ids": ids})
    await recount(session, before, await of_rows(session, ROWS, ids=ids))
