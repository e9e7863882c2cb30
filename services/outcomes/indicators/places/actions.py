"""Adding the places that observations name."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# In the order of the keys, so that two writers cannot deadlock.
ENSURE = text("""
    insert into observed_place (kind, key, name)
    select kind, key, coalesce(nullif(name, ''), key)
    from unnest(cast(:kinds as text[]), cast(:keys as text[]), cast(:names as text[]))
      as named (kind, key, name)
    order by kind, key
    on conflict (kind, key) do update set name = excluded.name
    where excluded.name <> excluded.key
""")
NUMBERS = text("""
    select case when named.name in ('', place.name) then place.id end
    from unnest(cast(:kinds as text[]), cast(:keys as text[]), cast(:names as text[]))
      with ordinality as named (kind, key, name, number)
    left join observed_place place using (kind, key)
    order by named.number
""")


async def ensure_places(
    session: AsyncSession, places: Iterable[tuple[str, str, str]]
) -> list[int]:
    """The numbers of these places (kind, key, name), in the order given. An empty name keeps the
    known name."""
    kinds, keys, names = [list(column) for column in zip(*places, strict=True)] or ([], [], [])
    named = {"kinds": kinds, "keys": keys, "names": names}
    numbers = list((await session.execute(NUMBERS, named)).scalars())
    if None not in numbers:
        return numbers
    await session.execute(ENSURE, named)
    return list((await session.execute(NUMBERS, named | {"names": [""] * len(names)})).scalars())
