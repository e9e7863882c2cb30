"""Storing the partners that are known, and suspending or restoring the resources they share."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.library.resources import actions as resources
from shared.contracts.resources.resource import ResourceStatus

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


async def remember_names(session: AsyncSession, names: Mapping[UUID, str]) -> None:
    await session.execute(NAMES, {"ids": list(names), "names": list(names.values())})


async def suspend(session: AsyncSession, partner_ids: Iterable[UUID]) -> None:
    """Suspend the resources of partners that left their last partnership, until they join one
    again."""
    partners = await _keep_alone(session, partner_ids, alone=True)
    await resources.move(session, partners, ResourceStatus.SHARED, ResourceStatus.SUSPENDED)


async def restore(session: AsyncSession, partner_ids: Iterable[UUID]) -> None:
    partners = await _keep_alone(session, partner_ids, alone=False)
    await resources.move(session, partners, ResourceStatus.SUSPENDED, ResourceStatus.SHARED)


async def _keep_alone(
    session: AsyncSession, partner_ids: Iterable[UUID], *, alone: bool
) -> list[UUID]:
    partners = sorted(set(partner_ids))
    await session.execute(ALONE, {"ids": partners, "alone": alone})
    return partners
