"""One request, or one handled event, is one transaction, and only this module ends it.

The answer is computed, the transaction committed, and then the answer sent; an acknowledged change
is in the database. A read that records nothing takes a connection without a transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any

import asyncpg
import orjson
from fastapi import Depends, Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from shared.core.settings import Settings
from shared.core.trust import to_database
from shared.persistence.driver import is_lost, raw

STATEMENT_MILLISECONDS = 30_000
IDLE_IN_TRANSACTION_MILLISECONDS = 30_000
LOCK_MILLISECONDS = 10_000
POOL_WAIT_SECONDS = 5
COMMAND_SECONDS = 30
ALONE_AGAIN_SECONDS = 0.5
ALONE_LOCK = 7_227_001
PLANNING = {"jit": "off", "random_page_cost": "1.1"}
"""How statements are planned: for tables that are in memory or on a disk without moving parts, so
that a few rows are found by their index and no table is read for them. Compiling costs more than
any statement here takes."""
KEEPALIVE = {
    "tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
}  # fmt: skip
ANNOUNCED = "announced"
LAST = "written last"
LINKS = "links"
AWAITED = "awaited"
# SQLSTATE: connection lost, a login refused (the password was changed and this process is about to
# be replaced), resources exhausted, shutting down or starting up.
AWAY = ("08", "28", "53", "57P")


class Database:
    """Two connection pools on one database: for transactions, and for autocommitted reads."""

    def __init__(self, settings: Settings, name: str = "service") -> None:
        self.url = settings.plain_database_url()
        self._trust = to_database(settings)
        self._time_zone = settings.time_zone
        self.name = name
        self.pool_size = settings.database_pool_size
        self.writers = _engine(settings, name)
        self.readers = _engine(settings, name, isolation_level="AUTOCOMMIT")
        self._wakers: dict[str, asyncio.Event] = {}
        self._sessions = async_sessionmaker(
            self.writers, class_=AsyncSession, expire_on_commit=False
        )

    def open(self) -> AsyncSession:
        return self._sessions()

    def announced(self, work: str) -> asyncio.Event:
        """The event that is set when this process has announced something; each kind of work has
        its own."""
        return self._wakers.setdefault(work, asyncio.Event())

    async def end(self, session: AsyncSession, *, well: bool) -> None:
        """Commits or rolls back, and returns the connection to its pool in either case. After a
        commit it wakes the relays and awaits the effects of `answer_after`."""
        try:
            if well:
                await write_waiting(session)
                await session.commit()
                if session.info.pop(ANNOUNCED, False):
                    for waker in self._wakers.values():
                        waker.set()
        finally:
            await session.close()
        if well:
            for effect in session.info.pop(AWAITED, ()):
                await effect(self)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session that commits on the way out and rolls back on any exception."""
        session = self.open()
        well = False
        try:
            yield session
            well = True
        finally:
            await self.end(session, well=well)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection without a transaction."""
        async with self.readers.connect() as connection:
            yield connection

    @asynccontextmanager
    async def alone(self, work: str) -> AsyncIterator[Any]:
        """Waits until no other process of this service does `work`, then gives a connection
        (asyncpg's). When that connection ends, the next process takes over."""
        connection = await asyncpg.connect(
            self.url,
            command_timeout=COMMAND_SECONDS,
            server_settings={
                "application_name": f"{self.name} {work}",
                "timezone": self._time_zone,
                **PLANNING,
                **KEEPALIVE,
            },
            **self._trust,
        )
        try:
            asked = "select pg_try_advisory_lock($1, hashtext($2))"
            while not await connection.fetchval(asked, ALONE_LOCK, work):
                await asyncio.sleep(ALONE_AGAIN_SECONDS)
            yield connection
        finally:  # an open connection would keep the lock, from this process too
            connection.terminate()

    async def close(self) -> None:
        await self.writers.dispose()
        await self.readers.dispose()


class Unwritable(Exception):
    """A row of `write_last` could not be written, and so nothing of its transaction was."""


def write_last(session: AsyncSession, insert: str, row: dict[str, Any]) -> None:
    """Writes `row` at the very end of the transaction, all rows of one `insert` in one statement,
    which takes them as one JSON array ($1). For rows that go with every read, where a unit of work
    would cost more than the read."""
    session.info.setdefault(LAST, {}).setdefault(insert, []).append(row)


def link(session: AsyncSession, target: str, relation: str) -> None:
    """Names `target` in the Link header of the answer to this request (RFC 8288)."""
    session.info.setdefault(LINKS, {})[f'<{target}>; rel="{relation}"'] = None


def answer_after(session: AsyncSession, effect: Callable[[Database], Awaitable[None]]) -> None:
    """Delays the answer, once this transaction is committed, until `effect` ends. `effect` must
    end in a limited time and raise nothing: the change stands even where the effect fails."""
    session.info.setdefault(AWAITED, []).append(effect)


async def write_waiting(session: AsyncSession) -> None:
    """Writes the rows of `write_last` now, for a reader in the same transaction. Raises
    `Unwritable`."""
    waiting: dict[str, list[dict[str, Any]]] = session.info.pop(LAST, {})
    if not waiting:
        return
    try:
        async with raw(session) as driver:
            for insert, rows in waiting.items():
                await driver.execute(insert, orjson.dumps(rows, default=str).decode())
    except asyncpg.PostgresError as error:
        if is_away(error):
            raise
        raise Unwritable from error


def _engine(settings: Settings, name: str, **options: Any) -> AsyncEngine:
    return create_async_engine(
        settings.database_url.get_secret_value(),
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        json_serializer=lambda value: orjson.dumps(value, default=str).decode(),
        json_deserializer=orjson.loads,
        connect_args=to_database(settings)
        | {
            "server_settings": {
                "application_name": name,
                "timezone": settings.time_zone,
                **PLANNING,
                "statement_timeout": str(STATEMENT_MILLISECONDS),
                "lock_timeout": str(LOCK_MILLISECONDS),
                "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MILLISECONDS),
            },
        },
        **options,
    )


def is_away(error: BaseException) -> bool:
    """Whether the database or the way to it is at fault, and not the statement: try again later.
    SQLAlchemy passes errors of connecting on unwrapped. asyncpg reports a connection that ended
    unnoticed while idle as an internal error of the client."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", "") or "")
        return error.connection_invalidated or state.startswith(AWAY)
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate).startswith(AWAY)
    lost = OSError | PoolTimeout | asyncpg.InterfaceError | asyncpg.InternalClientError
    return isinstance(error, lost)


class Work:
    """The connections that one request has open: at most one transaction and one reading
    connection."""

    __slots__ = ("database", "reader", "session")

    def __init__(self, database: Database) -> None:
        self.database = database
        self.session: AsyncSession | None = None
        self.reader: AsyncConnection | None = None

    async def finish(self, *, well: bool) -> None:
        session, reader = self.session, self.reader
        self.session = self.reader = None
        try:
            if session is not None:
                await self.database.end(session, well=well)
        finally:
            if reader is not None:
                await _put_back(reader, well=well)


async def _put_back(reader: AsyncConnection, *, well: bool) -> None:
    """Closes the reader. A value that the driver refuses comes after its statement was prepared, whose
    locks then last until the connection is used again; so it is used at once."""
    try:
        if not well and not is_lost(reader):
            with suppress(DBAPIError):  # lost in this moment
                await reader.exec_driver_sql("select 1")
    finally:
        await reader.close()


def work_of(request: Request) -> Work:
    work: Work = request.scope["work"]
    return work


async def open_session(request: Request) -> AsyncSession:
    work = work_of(request)
    if work.session is None:
        work.session = work.database.open()
    return work.session


async def open_reader(request: Request) -> AsyncConnection:
    work = work_of(request)
    if work.reader is None:
        work.reader = await work.database.readers.connect()
    return work.reader


Session = Annotated[AsyncSession, Depends(open_session)]
Reader = Annotated[AsyncConnection, Depends(open_reader)]
Reading = AsyncSession | AsyncConnection
