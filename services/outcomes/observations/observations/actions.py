"""Keeping observations, set-wise."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SUPERSEDE = text("""
    update observation o set superseded_at = now() from incoming i
    where o.definition_id = i.definition_id and o.place_id = i.place_id
      and o.period_id = i.period_id and o.group_id = i.group_id and o.superseded_at is null
""")
KEEP = text("""
    insert into observation (definition_id, place_id, period_id, group_id, revision, numerator,
      denominator, as_of, source, recorded_at)
    select i.definition_id, i.place_id, i.period_id, i.group_id, coalesce(o.revision, 0) + 1,
           i.numerator, i.denominator, i.as_of, i.source, now()
    from incoming i
    left join observation o on o.definition_id = i.definition_id and o.place_id = i.place_id
      and o.period_id = i.period_id and o.group_id = i.group_id and o.superseded_at = now()
""")


async def keep_incoming(session: AsyncSession) -> None:
    """Those of the temporary table `incoming`, which an import has filled and compared. What was
    known of the same key stays, as superseded."""
    await session.execute(SUPERSEDE)
    await session.execute(KEEP)
