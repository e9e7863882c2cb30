"""What a service does for itself now and then: prune what has had its time, and tell how it is."""

import asyncio
import logging
from collections.abc import Sequence

from sqlalchemy import text

from shared.database import Database
from shared.idempotency import KEPT_DAYS
from shared.outlet import Outlet
from shared.settings import Settings
from shared.telemetry import OUTBOX_AGE, PARKED

log = logging.getLogger(__name__)

PAUSE_SECONDS = 15
PRUNE_EVERY = 240  # passes: once an hour
PRUNED_ROWS = 10_000

PRUNE_KEYS = text(
    "delete from idempotency where created_at < now() - make_interval(days => :days)"
)


async def oldest_waiting_seconds(database: Database, outlet: Outlet) -> float:
    async with database.reading() as connection:
        return float((await connection.execute(text(outlet.oldest))).scalar() or 0.0)


async def upkeep_for_ever(
    database: Database, settings: Settings, outlets: Sequence[Outlet]
) -> None:
    """Never returns."""
    passes = 0
    while True:
        try:
            await _look(database, outlets)
            if passes % PRUNE_EVERY == 0:
                await _prune(database, settings, outlets)
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


async def _prune(database: Database, settings: Settings, outlets: Sequence[Outlet]) -> None:
    async with database.transaction() as session:
        for outlet in outlets:
            days = outlet.stream.days(settings)
            await session.execute(text(outlet.prune), {"days": days, "most": PRUNED_ROWS})
        await session.execute(PRUNE_KEYS, {"days": KEPT_DAYS})
