"""Numbers that an operator wants to know of a service's tables, looked at now and then.

Each is a number and never a name or an id: what it is about, the service's routes tell to whom it
concerns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import Gauge
from sqlalchemy import text

from shared.core.telemetry import POOL_IN_USE, POOL_SIZE
from shared.persistence.database import Database


@dataclass(frozen=True)
class Watched:
    """`statement` gives one number, or none, which is 0."""

    gauge: Gauge
    statement: str


async def look_at(database: Database, watched: Sequence[Watched]) -> None:
    async with database.reading() as connection:
        for each in watched:
            found = (await connection.execute(text(each.statement))).scalar()
            each.gauge.set(found or 0)


def watch_pools(database: Database) -> None:
    """Asked whenever somebody looks: a pool fills and empties faster than anybody looks."""
    for name, engine in (("writers", database.writers), ("readers", database.readers)):
        pool = engine.pool
        POOL_SIZE.labels(database.name, name).set(database.pool_size)
        POOL_IN_USE.labels(database.name, name).set_function(pool.checkedout)  # type: ignore[attr-defined]
