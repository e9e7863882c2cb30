"""Adding the groups that observations name."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

ENSURE = text("""
    insert into disaggregate (dimension, value)
    select * from unnest(cast(:dimensions as text[]), cast(:values as text[]))
      as named (dimension, value)
    order by 1, 2
    on conflict (dimension, value) do nothing
""")
NUMBERS = text("""
    select g.id
    from unnest(cast(:dimensions as text[]), cast(:values as text[])) with ordinality
      as named (dimension, value, number)
    left join disaggregate g using (dimension, value) order by named.number
""")


async def ensure_groups(session: AsyncSession, groups: Sequence[tuple[str, str]]) -> list[int]:
    """The numbers of these groups, in the order given. Unknown groups are added."""
    named = {
        "dimensions": [str(dimension) for dimension, _ in groups],
        "values": [value for _, value in groups],
    }
    numbers = list((await session.execute(NUMBERS, named)).scalars())
    if None not in numbers:
        return numbers
    await session.execute(ENSURE, named)
    return list((await session.execute(NUMBERS, named)).scalars())
