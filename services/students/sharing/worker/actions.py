"""The worker of sharing. Kept events, re-evaluations and the clock wake it. Each turn first notes the
parts that partners read."""

import logging
import time
from typing import Any
from uuid import UUID

from services.students.access.reevaluations import actions as reevaluations
from services.students.sharing.child_events import actions as child_events
from services.students.sharing.decisions import actions as decisions
from services.students.sharing.partner_reads import actions as partner_reads
from shared.core.settings import Settings
from shared.core.tasks import woken
from shared.persistence.alone import alone_for_ever
from shared.persistence.database import Database, is_away

log = logging.getLogger(__name__)

WORK = "sharing"
POLL_SECONDS = 0.5
CLOCK_SECONDS = 1
REST_SECONDS = 30
AGAIN_SECONDS = 0.5
PRUNE_SECONDS = 600
WAITS = """
    select now() as now, exists (select 1 from child_event where waiting)
        or exists (select 1 from review) as waits,
      coalesce((select max(seq) from disclosure_seal), 0)
        > coalesce((select seq from read_until), 0) as unnoted
"""
"""The last number of the log is read from its index; whether a later one exists, by its whole."""


async def share_for_ever(database: Database, settings: Settings) -> None:
    """Share without end. It pauses while the database is away."""

    async def work(connection: Any) -> None:
        await Sharer(database, settings).work_with(connection)

    await alone_for_ever(database, WORK, work, AGAIN_SECONDS, is_away)


class Sharer:
    """The worker's state. `resting`: the children whose part failed, and until when; other children
    do not wait for them."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._days = settings.partner_retention_days
        self._announced = database.announced(WORK)
        self._resting: dict[UUID, float] = {}
        self._looked = 0.0
        self._pruned = 0.0

    async def work_with(self, connection: Any) -> None:
        """Work while this connection lives, which holds the lock."""
        while True:
            self._announced.clear()
            row = await connection.fetchrow(WAITS)
            await self._keep_time(row["now"])
            noted = row["unnoted"] and await self._note()
            shared = row["waits"] and await self._share()
            if not (noted or shared):
                await woken(self._announced, POLL_SECONDS)

    async def _keep_time(self, now: Any) -> None:
        clock = time.monotonic()
        if clock - self._looked > CLOCK_SECONDS:
            self._looked = clock
            async with self._database.transaction() as session:
                await reevaluations.look_at_clock(session, now)
        if clock - self._pruned > PRUNE_SECONDS:
            self._pruned = clock
            async with self._database.transaction() as session:
                await child_events.prune(session, self._days)

    async def _note(self) -> bool:
        """Note a batch of reads, and give whether there was one. A failure is retried at the next
        turn, and holds up nothing else."""
        try:
            async with self._database.transaction() as session:
                return await partner_reads.note(session)
        except Exception as error:
            if is_away(error):
                raise
            log.exception("what partners read could not be noted; trying again")
            return False

    async def _share(self) -> bool:
        """Carry out a batch, and give whether there was one."""
        clock = time.monotonic()
        self._resting = {child: until for child, until in self._resting.items() if until > clock}
        children: set[UUID] = set()
        try:
            async with self._database.transaction() as session:
                children = await decisions.share(session, self._resting)
        except Exception as error:
            if is_away(error):
                raise
            log.exception("a batch of sharing failed; taking its children one by one")
            children = await self._one_by_one()
        return bool(children)

    async def _one_by_one(self) -> set[UUID]:
        """Carry out the batch child by child. A child that fails rests, and holds up no other."""
        async with self._database.transaction() as session:
            children = await decisions.waiting_children(session, self._resting)
        for child in children:
            try:
                async with self._database.transaction() as session:
                    await decisions.share(session, self._resting, only=child)
            except Exception as error:
                if is_away(error):
                    raise
                self._resting[child] = time.monotonic() + REST_SECONDS
                log.exception("sharing of a child failed; trying again later")
        return children
