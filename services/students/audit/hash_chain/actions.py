"""Sealing the disclosure log, one process at a time, within a second of each release.

Rows are numbered in the order in which they become visible. The position that PostgreSQL gave them
while their transactions were open does not show which was committed first. So rows are looked for
above a base, which moves up to a position only once no open transaction may still add a row below it.
"""

import asyncio
from datetime import date
from functools import partial
from typing import Any

from services.students.audit.disclosure_heads import actions as disclosure_heads
from services.students.audit.hash_chain import queries, rules
from services.students.audit.hash_chain.rules import Mark
from shared.core import clock
from shared.core.settings import Settings
from shared.core.tasks import for_ever
from shared.persistence.database import Database

WORK = "seal"
BATCH = 1_000
COPIED = 5_000
PAUSE_SECONDS = 0.5
SEAL = """
    insert into disclosure_seal (position, seq, hash)
    select * from unnest($1::bigint[], $2::bigint[], $3::bytea[])
"""
COPY = f"""
    with copied as (
      insert into disclosure_seal (seq, position, hash)
      select seq, position, hash from disclosure where {queries.UNCOPIED} order by seq limit $1
      returning 1
    ) select count(*) from copied
"""
MOVE = """
    insert into sealed_until (id, position) values (1, $1)
    on conflict (id) do update set position = excluded.position
"""


async def seal_for_ever(database: Database, _: Settings) -> None:
    """Seal without end. After a failure the rows wait, and verification reports them as unsealed."""
    await for_ever("sealing", partial(_seal, database), PAUSE_SECONDS)


async def _seal(database: Database) -> None:
    """The connection holds the lock of the only sealer: a process that loses the lock loses the
    connection too, and can write no more."""
    published_on: date | None = None
    async with database.alone(WORK) as connection:
        while await copy_seals(connection):
            pass
        mark: Mark | None = await queries.mark(connection)
        while True:
            mark = await seal_above_base(connection, mark)
            today = await clock.today()
            if published_on != today:
                published_on = await disclosure_heads.publish_daily(database, today)
            await asyncio.sleep(PAUSE_SECONDS)


async def copy_seals(connection: Any) -> int:
    """Copy the next seals that the release before wrote into the log itself, in their order, and give
    their number. Nothing is sealed before all are copied."""
    return int(await connection.fetchval(COPY, COPIED))


async def seal_above_base(connection: Any, mark: Mark | None) -> Mark | None:
    """Seal what waits, and move the base to the mark if its transactions have ended. Gives the mark
    for the next time, if there is anything above the base."""
    settled = mark is not None and mark.writers.isdisjoint(await queries.writers(connection))
    sealed = await seal_waiting(connection)
    if mark is None:
        return await queries.mark(connection) if sealed else None
    if not settled:
        return mark
    await connection.execute(MOVE, mark.position)
    following = await queries.mark(connection)
    return following if following.position > mark.position else None


async def seal_waiting(connection: Any) -> int:
    """Seal all rows that can be seen, in batches, and give their number."""
    after, sealed, full = 0, 0, True
    while full:
        rows = await queries.unsealed(connection, after, BATCH)
        if rows:
            seals = list(rules.seals(await queries.last_seal(connection), rows))
            positions = [row["position"] for row in rows]
            await connection.execute(
                SEAL, positions, [seal.seq for seal in seals], [seal.hash for seal in seals]
            )
            after = positions[-1]
        sealed += len(rows)
        full = len(rows) == BATCH
    return sealed
