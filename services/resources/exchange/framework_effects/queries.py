"""The items of a framework as they are."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.exchange.framework_effects.rules import Items
from services.resources.library.frameworks.records import FrameworkItemRow, framework_item


async def known_items(session: AsyncSession, framework_id: UUID) -> Items:
    table: Any = getattr(FrameworkItemRow, "__table__")  # noqa: B009
    found = await session.execute(
        select(*table.columns).where(framework_item.framework_id == framework_id)
    )
    return {row["identifier"]: dict(row) for row in found.mappings()}
