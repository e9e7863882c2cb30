"""Counting set-wise, for imports and for whole partners."""

from collections import Counter
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.library.facet_counts.rules import ALL


async def of_rows(session: AsyncSession, rows: str, **parameters: Any) -> Counter[str]:
    """What the resources of `rows`, a SELECT of their ids, together add to the totals."""
    counted = f"""
        with counted as (
          select facets from resource where status = 'shared' and id in ({rows})
        )
        select '{ALL}' as value, count(*) as resources from counted
        union all
        select value, count(*) from counted, unnest(facets) as value group by value
    """
    found = await session.execute(text(counted), parameters)
    return Counter({row.value: row.resources for row in found})
