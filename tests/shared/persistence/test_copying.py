"""Copying many rows at once ends, well or badly, also where the connection is lost."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.persistence.copying import copy_csv, copy_records
from shared.persistence.database import is_away
from tests.shared.things import Things

TABLE = "create temp table copied (line integer, word text) on commit drop"
SLOW = """
    create function pg_temp.slow() returns trigger language plpgsql
    as $$ begin perform pg_sleep(60); return new; end $$"""
READ_SLOWLY = "create trigger slow before insert on copied execute function pg_temp.slow()"
POOL = 5  # connections (tests/houses.py)
WORD = "x" * 1000


async def lines() -> AsyncIterator[bytes]:
    """More than the buffers of both ends hold."""
    while True:
        yield f"1,{WORD}\n".encode() * 1000
        await asyncio.sleep(0)


async def staged(session: AsyncSession) -> int:
    for statement in (TABLE, SLOW, READ_SLOWLY):
        await session.execute(text(statement))
    return int((await session.execute(text("select pg_backend_pid()"))).scalar_one())


@pytest.mark.parametrize("form", ["csv", "records"])
async def test_a_connection_lost_while_its_buffer_is_full_ends_the_copying(
    things: Things, form: str
) -> None:
    async def copy(began: asyncio.Future[int]) -> None:
        async with things.database.transaction() as session:
            began.set_result(await staged(session))
            if form == "csv":
                await copy_csv(session, "copied", lines(), ["line", "word"])
            else:
                await copy_records(session, "copied", [(1, WORD)] * 50_000)

    for _ in range(POOL + 1):  # each connection is given back
        began: asyncio.Future[int] = asyncio.Future()
        copying = asyncio.create_task(copy(began))
        process = await began
        await asyncio.sleep(0.3)
        assert not copying.done()
        await things.rows(f"select pg_terminate_backend({process})")
        with pytest.raises(asyncpg.ConnectionDoesNotExistError) as lost:
            await asyncio.wait_for(copying, 10)
        assert is_away(lost.value)


async def test_copying_that_is_cancelled_stays_cancelled(things: Things) -> None:
    async with things.database.transaction() as session:
        await staged(session)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await copy_csv(session, "copied", lines(), ["line", "word"])
        await session.rollback()
