"""Storing the names, partnerships and members that partners announces. The rows have no versions,
so nothing is announced."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.scorecards.contributors.records import contribution
from shared.contracts.partners.partnership import PartnershipStatus

NAME_PARTNERS = text("""
    insert into contributor (partner_id, name)
    select * from unnest(cast(:ids as uuid[]), cast(:names as text[])) order by 1
    on conflict (partner_id) do update set name = excluded.name
""")
KEEP_PARTNERSHIPS = text("""
    insert into measured_partnership (partnership_id, name, status)
    select * from unnest(cast(:ids as uuid[]), cast(:names as text[]), cast(:states as text[]))
    order by 1
    on conflict (partnership_id) do update set name = excluded.name, status = excluded.status
""")
JOIN = text("""
    insert into contribution (partnership_id, partner_id)
    select * from unnest(cast(:partnerships as uuid[]), cast(:partners as uuid[])) order by 1, 2
    on conflict do nothing
""")


async def name_partners(session: AsyncSession, names: dict[UUID, str]) -> None:
    await session.execute(NAME_PARTNERS, {"ids": list(names), "names": list(names.values())})


async def keep_partnerships(
    session: AsyncSession, known: dict[UUID, tuple[str, PartnershipStatus]]
) -> None:
    """The name and status of each."""
    columns = {
        "ids": list(known),
        "names": [name for name, _ in known.values()],
        "states": [str(status) for _, status in known.values()],
    }
    await session.execute(KEEP_PARTNERSHIPS, columns)


async def join(session: AsyncSession, members: Iterable[tuple[UUID, UUID]]) -> None:
    """Each is a pair of partnership and partner."""
    pairs = list(members)
    await session.execute(
        JOIN,
        {"partnerships": [pair[0] for pair in pairs], "partners": [pair[1] for pair in pairs]},
    )


async def leave(session: AsyncSession, partnership_id: UUID, partner_id: UUID) -> None:
    await session.execute(
        delete(contribution).where(
            contribution.partnership_id == partnership_id,
            contribution.partner_id == partner_id,
        )
    )


async def leave_all(session: AsyncSession, partner_id: UUID) -> None:
    """For a partner that is in no partnership any more."""
    await session.execute(delete(contribution).where(contribution.partner_id == partner_id))
