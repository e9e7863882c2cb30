"""Sealing the disclosure log, one process at a time, within a second of each release.

Rows are numbered in the order in which they become visible. The position that PostgreSQL gave them
while their transactions were open does not show which was committed first.
"""

import asyncio
from datetime import date
from functools import partial
from typing import Any

from services.students.access.disclosures import actions as disclosures
from services.students.audit.disclosure_heads import actions as disclosure_heads
from services.students.audit.hash_chain import queries, rules
from shared.core import clock
from shared.core.settings import Settings
from shared.core.tasks import for_ever
from shared.persistence.database import Database

WORK = "seal"
BATCH = 1_000
PAUSE_SECONDS = 0.5


async def seal_for_ever(database: Database, _: Settings) -> None:
    """Seal without end. After a failure the rows wait, and verification reports them as unsealed."""
    await for_ever("sealing", partial(_seal, database), PAUSE_SECONDS)


async def _seal(database: Database) -> None:
    published_on: date | None = None
    async with database.alone(WORK) as connection:
        while True:
            while await seal_some(connection) == BATCH:
                pass
            today = await clock.today()
            if published_on != today:
                published_on = await disclosure_heads.publish_daily(database, today)
            await asyncio.sleep(PAUSE_SECONDS)


async def seal_some(connection: Any) -> int:
    """Seal a batch, and give the number of its rows. `connection` holds the lock of the only sealer:
    a process that loses the lock loses the connection too, and can write no more."""
    before = await queries.last_seal(connection)
    rows = await queries.unsealed(connection, BATCH)
    if rows:
        seals = list(rules.seals(before, rows))
        positions = [row["position"] for row in rows]
        await disclosures.seal(
            connection, positions, [seal.seq for seal in seals], [seal.hash for seal in seals]
        )
    return len(rows)
