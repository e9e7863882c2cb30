"""Keeping the facet totals: the last act of a transaction, since all writers wait for these
rows."""

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.library.facet_counts import rules

ADD = text("""
    insert into facet_total (value, resources)
    select * from unnest(cast(:values as text[]), cast(:changes as int[])) as added(value, change)
    order by value
    on conflict (value) do update set resources = facet_total.resources + excluded.resources
""")


async def recount(
    session: AsyncSession, before: Mapping[str, int], after: Mapping[str, int]
) -> None:
    """Called at most once in a transaction: totals are locked in the order of their values."""
    changes = rules.difference(before, after)

    if changes:
        added = {"values": list(changes), "changes": list(changes.values())}
        await session.execute(ADD, added)
