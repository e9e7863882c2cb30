"""What a service does for itself now and then: prune what has had its time, and tell how it is."""

import asyncio
import logging

from sqlalchemy import text

from shared.database import Database
from shared.idempotency import KEPT_DAYS
from shared.settings import Settings
from shared.telemetry import OUTBOX_AGE, PARKED

log = logging.getLogger(__name__)

PAUSE_SECONDS = 15
PRUNE_EVERY = 240  # passes: once an hour
PRUNED_ROWS = 10_000

OLDEST = text(
    "select extract(epoch from now() - min(time))::float from outbox where published_at is null"
)
PRUNE_OUTBOX = text("""
    delete from outbox where position in (
      select position from outbox
      where published_at < now() - make_interval(days => :days) limit :most)
""")
PRUNE_KEYS = text(
    "delete from idempotency where created_at < now() - make_interval(days => :days)"
)


async def oldest_waiting_seconds(database: Database) -> float:
    async with database.reading() as connection:
        return float((await connection.execute(OLDEST)).scalar() or 0.0)


async def upkeep_for_ever(database: Database, settings: Settings) -> None:
    """Never returns."""
    passes = 0
    while True:
        try:
            await _look(database)
            if passes % PRUNE_EVERY == 0:
                await _prune(database, settings)
            passes += 1
        except Exception as error:  # nothing here is worth the process
            log.warning("upkeep paused (%s)", type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


async def _look(database: Database) -> None:
    OUTBOX_AGE.labels(database.name).set(await oldest_waiting_seconds(database))
    async with database.reading() as connection:
        parked = (await connection.execute(text("select count(*) from dead_letter"))).scalar()
        PARKED.labels(database.name).set(parked or 0)


async def _prune(database: Database, settings: Settings) -> None:
    async with database.transaction() as session:
        await session.execute(
            PRUNE_OUTBOX, {"days": settings.event_retention_days, "most": PRUNED_ROWS}
        )
        await session.execute(PRUNE_KEYS, {"days": KEPT_DAYS})
