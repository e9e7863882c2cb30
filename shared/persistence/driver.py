"""A connection as asyncpg's own, for what SQLAlchemy takes too long for or does not have."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Session as SyncSession


@asynccontextmanager
async def raw(reading: AsyncSession | AsyncConnection) -> AsyncIterator[Any]:
    """The connection as asyncpg's own: of a session in its transaction, with everything written that
    the session still holds. SQLAlchemy invalidates a connection that was lost meanwhile; otherwise it
    would roll back on it, fail, and never return it. So it does with one that is left in the middle
    of an answer, since the next request would get the rest of that."""
    if isinstance(reading, AsyncSession):
        driver = await reading.run_sync(_driver)
    else:
        driver = await _open_driver(reading)
    try:
        yield driver
    except BaseException as error:
        if not isinstance(error, Exception):
            driver.terminate()
        raise
    finally:
        if driver.is_closed():
            if isinstance(reading, AsyncSession):
                await reading.run_sync(lambda known: known.connection().invalidate())
            else:
                await reading.invalidate()


async def _open_driver(reader: AsyncConnection) -> Any:
    """The reader's connection; another one, where it was lost while nobody used it."""
    known: Any = reader.sync_connection
    while is_lost(reader) and not reader.in_transaction():
        await reader.invalidate()
        await reader.get_raw_connection()
    return known.connection.driver_connection


def is_lost(reader: AsyncConnection) -> bool:
    """Whether the connection is known to have ended."""
    known: Any = reader.sync_connection
    return bool(known.invalidated or known.connection.driver_connection.is_closed())


def _driver(session: SyncSession) -> Any:
    session.flush()
    connection = session.connection()
    driver = connection.connection.driver_connection
    if driver is not None and not driver.is_in_transaction():
        connection.exec_driver_sql("select 1")  # makes SQLAlchemy begin the transaction
    return driver
