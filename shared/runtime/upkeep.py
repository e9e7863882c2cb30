"""A service's upkeep, at intervals: deletes rows past their retention and reports gauges."""

from collections.abc import Sequence

from sqlalchemy import TextClause, text

from shared.core.settings import Settings
from shared.core.tasks import for_ever
from shared.core.telemetry import OUTBOX_AGE, PARKED
from shared.events.outlet import Outlet
from shared.http.idempotency import KEPT_DAYS
from shared.imports.waiting import drop_expired
from shared.persistence.database import Database
from shared.persistence.gauges import Watched, look_at, watch_pools

PAUSE_SECONDS = 15
PRUNE_EVERY = 240  # passes: once an hour
PRUNED_ROWS = 10_000

PRUNE_KEYS = text(
    "delete from idempotency where (account_id, key) in (select account_id, key from idempotency"
    " where created_at < now() - make_interval(days => :days) limit :most)"
)


async def oldest_waiting_seconds(database: Database, outlet: Outlet) -> float:
    """The age in seconds of the oldest event that waits in the outlet's table; 0 where none
    waits."""
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

    async def work() -> None:
        nonlocal passes
        await _look(database, outlets)
        await look_at(database, watched)
        if passes % PRUNE_EVERY == 0:
            await prune(database, settings, outlets)
        passes += 1

    await for_ever("upkeep", work, PAUSE_SECONDS)


async def _look(database: Database, outlets: Sequence[Outlet]) -> None:
    for outlet in outlets:
        age = await oldest_waiting_seconds(database, outlet)
        OUTBOX_AGE.labels(database.name, outlet.table).set(age)
    async with database.reading() as connection:
        parked = (await connection.execute(text("select count(*) from dead_letter"))).scalar()
        PARKED.labels(database.name).set(parked or 0)


async def prune(database: Database, settings: Settings, outlets: Sequence[Outlet]) -> None:
    """Deletes the files of imports that nobody confirmed in time. Then idempotency keys and
    published events past their retention, PRUNED_ROWS a transaction, until none is left. So no transaction is long, however many events were announced
    since the last pass."""
    async with database.transaction() as session:
        await drop_expired(session)
    await _prune_all(database, PRUNE_KEYS, KEPT_DAYS)
    for outlet in outlets:
        await _prune_all(database, text(outlet.prune), outlet.stream.days(settings))


async def _prune_all(database: Database, statement: TextClause, days: int) -> None:
    pruned = PRUNED_ROWS
    while pruned == PRUNED_ROWS:
        async with database.transaction() as session:
            result = await session.execute(statement, {"days": days, "most": PRUNED_ROWS})
            pruned = result.rowcount  # type: ignore[attr-defined]
