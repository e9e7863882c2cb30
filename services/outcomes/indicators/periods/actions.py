"""Adding the periods that observations name."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.indicators.periods.rules import Period

ENSURE = text("""
    insert into reporting_period (kind, label, starts_on, ends_on, rank)
    select * from unnest(cast(:kinds as text[]), cast(:labels as text[]),
      cast(:starts as date[]), cast(:ends as date[]), cast(:ranks as int[]))
      as named (kind, label, starts_on, ends_on, rank)
    order by 2
    on conflict (label) do nothing
""")
NUMBERS = text("""
    select period.id
    from unnest(cast(:labels as text[])) with ordinality as named (label, number)
    left join reporting_period period using (label) order by named.number
""")


async def ensure_periods(session: AsyncSession, periods: Sequence[Period]) -> list[int]:
    """The numbers of these periods, in the order given. Unknown periods are added."""
    labels = [period.label for period in periods]
    numbers = list((await session.execute(NUMBERS, {"labels": labels})).scalars())
    if None not in numbers:
        return numbers
    named = {
        "kinds": [str(period.kind) for period in periods],
        "labels": labels,
        "starts": [period.starts_on for period in periods],
        "ends": [period.ends_on for period in periods],
        "ranks": [period.rank for period in periods],
    }
    await session.execute(ENSURE, named)
    return list((await session.execute(NUMBERS, {"labels": labels})).scalars())
