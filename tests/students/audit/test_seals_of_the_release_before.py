"""The seals that the release before wrote into the log itself stay the chain that they were, and that
release can do it no harm while it still runs beside this one."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from deploy.verify_disclosures import verify
from services.students.access.disclosures.records import DisclosureRow
from services.students.audit.hash_chain import queries
from services.students.audit.hash_chain.actions import (
    COPIED,
    WORK,
    copy_seals,
    seal_above_base,
    seal_waiting,
)
from services.students.audit.hash_chain.rules import BEGINNING, Head, Seal, seals
from services.students.sharing.partner_reads import actions as partner_reads
from services.students.sharing.partner_reads.records import ReadUntilRow
from shared.persistence.database import Database
from shared.persistence.migrations import upgrade
from tests.databases import create, drop
from tests.houses import settings_for
from tests.promised import promise
from tests.servers import Servers
from tests.students.audit.test_sealing import WRITTEN
from tests.students.people import DISTRICT

BEFORE, APART = "0026", "0027"
SEALED, UNSEALED = COPIED + 7, 3
PATIENCE_SECONDS = 60
SEAL = """
    update disclosure d set seq = u.seq, hash = u.hash
    from unnest(cast(:positions as bigint[]), cast(:seqs as bigint[]), cast(:hashes as bytea[]))
      as u(position, seq, hash)
    where d.position = u.position
"""
"""As the release before seals."""
OLD_CHAIN = "select seq, position, hash from disclosure where seq is not null order by seq"
CHAIN = "select seq, position, hash from disclosure_seal order by seq"


@pytest.fixture
async def earlier(running: Servers) -> AsyncIterator[Database]:
    """The database of the release before: its last rows are not sealed yet, and the first row was
    sealed last."""
    name = f"test_seals_{os.getpid()}"
    url = await create(running.database_url, name)
    await upgrade(url, "students", BEFORE)
    database = Database(settings_for(url, running.nats_url), "students")
    await write(database, SEALED + UNSEALED)
    [first, *others] = await rows(
        database, "select * from disclosure order by position limit :most", most=SEALED
    )
    await seal_as_before(database, [*others, first])
    yield database
    await database.close()
    await drop(running.database_url, name)


async def write(database: Database, count: int) -> None:
    async with database.transaction() as session:
        await session.execute(text(WRITTEN), {"rows": count})


async def rows(database: Database, sql: str, **values: Any) -> list[dict[str, Any]]:
    async with database.reading() as connection:
        found = await connection.execute(text(sql), values)
        return [dict(row) for row in found.mappings()]


async def seal_as_before(database: Database, unsealed: list[dict[str, Any]]) -> None:
    made = list(seals(BEGINNING, unsealed))
    async with database.transaction() as session:
        await session.execute(
            text(SEAL),
            {
                "positions": [row["position"] for row in unsealed],
                "seqs": [seal.seq for seal in made], "hashes": [seal.hash for seal in made],
            },
        )  # fmt: skip


async def upgraded(database: Database, revision: str = "head") -> None:
    url = database.writers.url.render_as_string(hide_password=False)
    await upgrade(url, "students", revision)


@promise(
    "Access and privacy",
    "The disclosure log of an earlier release stays the chain that it was, to its published heads.",
)
async def test_the_chain_is_the_same_after_the_upgrade_and_goes_on_from_its_head(
    earlier: Database,
) -> None:
    before = await rows(earlier, OLD_CHAIN)
    head = Head(before[-1]["seq"], before[-1]["hash"], datetime.now(UTC))
    await upgraded(earlier)
    async with earlier.alone(WORK) as connection:
        for copied in (COPIED, SEALED - COPIED, 0):
            verdict = await verify(earlier, [head])
            assert (verdict.rows, verdict.heads, verdict.fault) == (SEALED, 1, None)
            assert await copy_seals(connection) == copied
        assert await rows(earlier, CHAIN) == before
        assert await queries.last_seal(connection) == Seal(head.seq, head.hash)
        await write(earlier, 1)
        mark = await seal_above_base(connection, None)
        await seal_above_base(connection, mark)
    verdict = await verify(earlier, [head])
    assert (verdict.rows, verdict.fault) == (SEALED + UNSEALED + 1, None)
    assert (await rows(earlier, CHAIN))[:SEALED] == before
    assert await rows(earlier, "select position from sealed_until") == [{"position": verdict.rows}]


async def test_the_upgrade_waits_for_nobody_who_reads_or_writes_the_log(
    earlier: Database,
) -> None:
    async with earlier.transaction() as session:
        await session.execute(text("lock table disclosure in access exclusive mode"))
        await asyncio.wait_for(upgraded(earlier, APART), PATIENCE_SECONDS)


async def test_no_head_is_published_before_all_seals_are_copied(earlier: Database) -> None:
    await upgraded(earlier)
    async with earlier.alone(WORK) as connection, earlier.reading() as reader:
        while await queries.is_behind(reader, 10):
            assert await copy_seals(connection)
        assert await queries.head(reader) == await queries.last_seal(connection)
        assert len(await rows(earlier, CHAIN)) == SEALED


async def test_each_row_that_waited_at_the_upgrade_is_sealed_and_no_other_is_looked_at(
    earlier: Database,
) -> None:
    await upgraded(earlier)
    async with earlier.alone(WORK) as connection:
        while await copy_seals(connection):
            pass
        waiting = await queries.unsealed(connection, 0, SEALED)
        assert [row["position"] for row in waiting] == [SEALED + n + 1 for n in range(UNSEALED)]
        assert await seal_waiting(connection) == UNSEALED


async def test_what_partners_read_is_noted_from_where_the_release_before_stopped(
    earlier: Database,
) -> None:
    noted = SEALED - COPIED - 2
    async with earlier.transaction() as session:
        session.add(ReadUntilRow(seq=noted))
    await upgraded(earlier)
    assert not await note(earlier)
    async with earlier.alone(WORK) as connection:
        while await copy_seals(connection):
            await note(earlier)
        await seal_waiting(connection)
    while await note(earlier):
        pass
    assert await rows(earlier, "select seq from read_until") == [{"seq": SEALED + UNSEALED}]


async def note(database: Database) -> bool:
    async with database.transaction() as session:
        return await partner_reads.note(session)


async def test_the_release_before_still_writes_rows_and_seals_none(earlier: Database) -> None:
    await upgraded(earlier)
    unsealed = await rows(earlier, "select * from disclosure where seq is null order by position")
    with pytest.raises(Exception, match="only appended to"):
        await seal_as_before(earlier, unsealed)
    async with earlier.transaction() as session:
        session.add(
            DisclosureRow(
                student_id=DISTRICT.account_id, account_id=DISTRICT.account_id, role="educator",
                purpose="education", channel="read", outcome="refused", categories=[],
                seq=None, hash=None,
            )
        )  # fmt: skip
    async with earlier.alone(WORK) as connection:
        while await copy_seals(connection):
            pass
        assert await seal_waiting(connection) == UNSEALED + 1
    assert (await verify(earlier, [])).fault is None
