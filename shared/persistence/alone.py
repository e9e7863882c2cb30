"""Work that one process of a service does at a time, however many replicas there are."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from shared.core.tasks import Passing, any_error, for_ever
from shared.persistence.database import Database


async def alone_for_ever(
    database: Database,
    name: str,
    work: Callable[[Any], Awaitable[None]],
    again_seconds: float,
    passing: Passing = any_error,
) -> NoReturn:
    """Runs `work` in one process at a time. `work` gets a connection, and must end when that
    connection ends, which lets the next process in."""

    async def once() -> None:
        async with database.alone(name) as connection:
            await work(connection)

    await for_ever(name, once, again_seconds, passing)


async def rounds_for_ever(
    database: Database,
    name: str,
    work: Callable[[], Awaitable[object]],
    pause_seconds: float,
    again_seconds: float,
) -> NoReturn:
    """Does `work` in one process at a time, and again after a pause in which nobody holds the turn.
    After a failure it begins again in `again_seconds`."""

    async def rounds() -> None:
        while True:
            async with database.alone(name):
                await work()
            await asyncio.sleep(pause_seconds)

    await for_ever(name, rounds, again_seconds)


async def settle_for_ever(
    database: Database, name: str, settle: Callable[[], Awaitable[int]], pause_seconds: float
) -> NoReturn:
    """Settles a part of the due work until none is left, and looks again after a pause. Readers
    look at the clock themselves, so no reader waits for it."""

    async def work(connection: Any) -> None:
        while True:
            # Fails where the connection, and with it the lock, is lost.
            await connection.execute("select 1")
            while await settle():
                pass
            await asyncio.sleep(pause_seconds)

    await alone_for_ever(database, name, work, pause_seconds)
