"""What a service does for itself now and then: prune what has had its time, and tell how it is."""

import asyncio
import logging
from collections.abc import Sequence

from sqlalchemy import TextClause, text

from shared.core.settings import Settings
from shared.core.telemetry import OUTBOX_AGE, PARKED
from shared.events.outlet import Outlet
from shared.http.idempotency import KEPT_DAYS
from shared.persistence.database import Database
from shared.persistence.gauges import Watched, look_at, watch_pools

log = logging.getLogger(__name__)

PAUSE_SECONDS = 15
PRUNE_EVERY = 240  # passes: once an hour
PRUNED_ROWS = 10_000

PRUNE_KEYS = text(
    "delete from idempotency where (account_id, key) in (select account_id, key from idempotency"
    " where created_at < now() - make_interval(days => :days) limit :most)"
)


async def oldest_waiting_seconds(database: Database, outlet: Outlet) -> float:
    async with database.reading() as connection:
        return float((await connection.execute(text(outlet.oldest))).scalar() or 0.0)


async def upkeep_for_ever(
    database: Database,
    settings: Settings,
    outlets: Sequence[Outlet],
    watched: Sequence[Watched] = (),
) -> None:
    """Never returns."""
    watch_pools(database)
    passes = 0
    while True:
        try:
            await _look(database, outlets)
            await look_at(database, watched)
            if passes % PRUNE_EVERY == 0:
                await prune(database, settings, outlets)
            passes += 1
        except Exception as error:  # nothing here is worth the process
            log.warning("upkeep paused (%s)", type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


async def _look(database: Database, outlets: Sequence[Outlet]) -> None:
    for outlet in outlets:
        age = await oldest_waiting_seconds(database, outlet)
        OUTBOX_AGE.labels(database.name, outlet.table).set(age)
    async with database.reading() as connection:
        parked = (await connection.execute(text("select count(*) from dead_letter"))).scalar()
        PARKED.labels(database.name).set(parked or 0)


async def prune(database: Database, settings: Settings, outlets: Sequence[Outlet]) -> None:
    """All that has had its time, a piece at a time: no transaction is long, and none is left over
    however much was announced since the last pass."""
    await _prune_all(database, PRUNE_KEYS, KEPT_DAYS)
    for outlet in outlets:
        await _prune_all(database, text(outlet.prune), outlet.stream.days(settings))


async def _prune_all(database: Database, statement: TextClause, days: int) -> None:
    pruned = PRUNED_ROWS
    while pruned == PRUNED_ROWS:
        async with database.transaction() as session:
            result = await session.execute(statement, {"days": days, "most": PRUNED_ROWS})
            pruned = result.rowcount  # type: ignore[attr-defined]
