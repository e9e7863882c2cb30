"""Gauges of a service's tables, read at intervals for the operator.

Each is a number, and never a name or an id. The rows behind a number are answered by the service's
routes, to callers who may see them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import Gauge
from sqlalchemy import text

from shared.core.telemetry import POOL_IN_USE, POOL_SIZE
from shared.persistence.database import Database


@dataclass(frozen=True)
class Watched:
    """A gauge and its statement, which gives one number; no number counts as 0."""

    gauge: Gauge
    statement: str


async def look_at(database: Database, watched: Sequence[Watched]) -> None:
    """Reads each statement and sets its gauge."""
    async with database.reading() as connection:
        for each in watched:
            found = (await connection.execute(text(each.statement))).scalar()
            each.gauge.set(found or 0)


def watch_pools(database: Database) -> None:
    """Reports the size and use of both pools. The use is read at each scrape, since a pool fills
    and empties faster than scrapes come."""
    for name, engine in (("writers", database.writers), ("readers", database.readers)):
        pool = engine.pool
        POOL_SIZE.labels(database.name, name).set(database.pool_size)
        POOL_IN_USE.labels(database.name, name).set_function(pool.checkedout)  # type: ignore[attr-defined]
