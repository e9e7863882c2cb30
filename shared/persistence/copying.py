"""Copies many rows into a table at once, with COPY in the transaction of a session."""

import asyncio
from collections.abc import AsyncIterable, Coroutine, Iterable, Sequence
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.persistence.driver import raw


async def copy_records(
    session: AsyncSession,
    table: str,
    records: Iterable[tuple[Any, ...]],
    columns: Sequence[str] | None = None,
) -> None:
    """Copies tuples into `table`. Raises `asyncpg.ConnectionDoesNotExistError` where the
    connection is lost meanwhile."""
    async with raw(session) as driver:
        copying = driver.copy_records_to_table(table, records=records, columns=columns)
        await _unless_lost(driver, copying)


async def copy_csv(
    session: AsyncSession, table: str, source: AsyncIterable[bytes], columns: Sequence[str]
) -> None:
    """Copies CSV into `table`. Raises as `copy_records` does, and passes on exceptions of
    `source`."""
    async with raw(session) as driver:
        copying = driver.copy_to_table(table, source=source, format="csv", columns=columns)
        await _unless_lost(driver, copying)


async def _unless_lost(driver: Any, copying: Coroutine[Any, Any, object]) -> None:
    """Awaits `copying`, and cancels it when the connection is lost. asyncpg (0.31) waits for room
    in its buffer and does not notice the loss meanwhile, so the copying would neither end nor
    fail."""
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
