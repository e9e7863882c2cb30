"""Sealing the disclosure log, one process at a time, within a second of each release.

Rows are numbered in the order in which they can be seen: the number that PostgreSQL gave them
while their transactions were open says nothing of which was committed first.
"""

import asyncio
import logging
from datetime import date
from typing import Any

from services.students.audit.disclosure_heads import actions as heads
from services.students.audit.hash_chain import queries, rules
from shared.core import clock
from shared.core.settings import Settings
from shared.persistence.database import Database

log = logging.getLogger(__name__)

WORK = "seal"
BATCH = 1_000
PAUSE_SECONDS = 0.5
SEAL = """
    update disclosure d set seq = u.seq, hash = u.hash
    from unnest($1::bigint[], $2::bigint[], $3::bytea[]) as u(position, seq, hash)
    where d.position = u.position
"""


async def seal_for_ever(database: Database, _: Settings) -> None:
    """Never returns."""
    while True:
        try:
            async with database.alone(WORK) as connection:
                await _seal(database, connection)
        except Exception as error:  # the rows wait, and verification tells that they do
            log.warning("sealing paused (%s)", type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


async def _seal(database: Database, connection: Any) -> None:
    published_on: date | None = None
    while True:
        while await seal_some(connection) == BATCH:
            pass
        today = await clock.today()
        if published_on != today:
            published_on = await heads.publish_daily(database, today)
        await asyncio.sleep(PAUSE_SECONDS)


async def seal_some(connection: Any) -> int:
    """How many rows were sealed. `connection`: of who seals alone; the lock is the connection's,
    so that whoever loses the one can no longer write by the other."""
    before = await queries.last_seal(connection)
    rows = await queries.unsealed(connection, BATCH)
    if rows:
        seals = list(rules.seals(before, rows))
        positions = [row["position"] for row in rows]
        await connection.execute(
            SEAL, positions, [seal.seq for seal in seals], [seal.hash for seal in seals]
        )
    return len(rows)
