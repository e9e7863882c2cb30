"""Keeping what partners says: names, partnerships and who is in them. It has no versions of its
own, so nothing is announced."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.outcomes.scorecards.contributors.records import ContributionRow

NAME_PARTNERS = text("""
    insert into contributor (partner_id, name)
    select * from unnest(cast(:ids as uuid[]), cast(:names as text[])) order by 1
    on conflict (partner_id) do update set name = excluded.name
""")
NAME_PARTNERSHIPS = text("""
    insert into measured_partnership (partnership_id, name)
    select * from unnest(cast(:ids as uuid[]), cast(:names as text[])) order by 1
    on conflict (partnership_id) do update set name = excluded.name
""")
JOIN = text("""
    insert into contribution (partnership_id, partner_id)
    select * from unnest(cast(:partnerships as uuid[]), cast(:partners as uuid[])) order by 1, 2
    on conflict do nothing
""")


async def name_partners(session: AsyncSession, names: dict[UUID, str]) -> None:
    await session.execute(NAME_PARTNERS, _columns(names))


async def name_partnerships(session: AsyncSession, names: dict[UUID, str]) -> None:
    await session.execute(NAME_PARTNERSHIPS, _columns(names))


def _columns(names: dict[UUID, str]) -> dict[str, list[object]]:
    return {"ids": list(names), "names": list(names.values())}


async def join(session: AsyncSession, members: Iterable[tuple[UUID, UUID]]) -> None:
    """(partnership, partner) each."""
    pairs = list(members)
    await session.execute(
        JOIN,
        {"partnerships": [pair[0] for pair in pairs], "partners": [pair[1] for pair in pairs]},
    )


async def leave(session: AsyncSession, partnership_id: UUID, partner_id: UUID) -> None:
    await session.execute(
        delete(ContributionRow).where(
            col(ContributionRow.partnership_id) == partnership_id,
            col(ContributionRow.partner_id) == partner_id,
        )
    )


async def leave_all(session: AsyncSession, partner_id: UUID) -> None:
    """The partner is in no partnership any more."""
    await session.execute(
        delete(ContributionRow).where(col(ContributionRow.partner_id) == partner_id)
    )
