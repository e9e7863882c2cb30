"""Many rows into a table at once: COPY, in the transaction of a session."""

import asyncio
from collections.abc import AsyncIterable, Coroutine, Iterable, Sequence
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.persistence.database import raw


async def copy_records(
    session: AsyncSession,
    table: str,
    records: Iterable[tuple[Any, ...]],
    columns: Sequence[str] | None = None,
) -> None:
    """Raises `asyncpg.ConnectionDoesNotExistError` where the connection is lost meanwhile."""
    async with raw(session) as driver:
        copying = driver.copy_records_to_table(table, records=records, columns=columns)
        await _unless_lost(driver, copying)


async def copy_csv(
    session: AsyncSession, table: str, source: AsyncIterable[bytes], columns: Sequence[str]
) -> None:
    """Raises as `copy_records` does, and what `source` raises."""
    async with raw(session) as driver:
        copying = driver.copy_to_table(table, source=source, format="csv", columns=columns)
        await _unless_lost(driver, copying)


async def _unless_lost(driver: Any, copying: Coroutine[Any, Any, object]) -> None:
    """asyncpg (0.31) waits for room in its buffer, and is never told where the connection is lost
    while it waits: the copying would neither end nor fail."""
    task = asyncio.ensure_future(copying)

    def lost(_: object) -> None:
        task.cancel()

    driver.add_termination_listener(lost)
    try:
        await task
    except asyncio.CancelledError:
        if driver.is_closed():
            raise asyncpg.ConnectionDoesNotExistError("lost while copying") from None
        raise
    finally:
        if not driver.is_closed():
            driver.remove_termination_listener(lost)
