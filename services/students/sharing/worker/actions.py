"""The worker that shares: woken by what is kept and asked for, and by the clock. First it notes what
partners read."""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any
from uuid import UUID

from services.students.access.reevaluations import actions as reviews
from services.students.sharing.child_events import actions as child_events
from services.students.sharing.decisions import actions as sharing
from services.students.sharing.partner_reads import actions as readers
from shared.core.settings import Settings
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
      exists (select 1 from disclosure
              where seq > coalesce((select seq from read_until), 0)) as unnoted
"""


async def share_for_ever(database: Database, settings: Settings) -> None:
    """Never returns; a lost database is a pause, not an end."""
    while True:
        try:
            async with database.alone(WORK) as connection:
                await Sharer(database, settings).work_with(connection)
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("sharing stopped (%s); starting it again", type(error).__name__)
        await asyncio.sleep(AGAIN_SECONDS)


class Sharer:
    """`resting`: children whose part failed, and until when; nobody else waits for them."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._days = settings.partner_retention_days
        self._announced = database.announced(WORK)
        self._resting: dict[UUID, float] = {}
        self._looked = 0.0
        self._pruned = 0.0

    async def work_with(self, connection: Any) -> None:
        """The connection holds the lock: its end is ours."""
        while True:
            self._announced.clear()
            row = await connection.fetchrow(WAITS)
            await self._keep_time(row["now"])
            noted = row["unnoted"] and await self._note()
            shared = row["waits"] and await self._share()
            if not (noted or shared):
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._announced.wait()

    async def _keep_time(self, now: Any) -> None:
        clock = time.monotonic()
        if clock - self._looked > CLOCK_SECONDS:
            self._looked = clock
            async with self._database.transaction() as session:
                await reviews.look_at_clock(session, now)
        if clock - self._pruned > PRUNE_SECONDS:
            self._pruned = clock
            async with self._database.transaction() as session:
                await child_events.prune(session, self._days)

    async def _note(self) -> bool:
        """Whether there was anything to note. What fails is tried again at the next turn, and holds
        up nobody."""
        try:
            async with self._database.transaction() as session:
                return await readers.note(session)
        except Exception as error:
            if is_away(error):
                raise
            log.exception("what partners read could not be noted; trying again")
            return False

    async def _share(self) -> bool:
        """Whether there was anything to do."""
        clock = time.monotonic()
        self._resting = {child: until for child, until in self._resting.items() if until > clock}
        children: set[UUID] = set()
        try:
            async with self._database.transaction() as session:
                children = await sharing.share(session, self._resting)
        except Exception as error:
            if is_away(error):
                raise
            log.exception("a batch of sharing failed; taking its children one by one")
            children = await self._one_by_one()
        return bool(children)

    async def _one_by_one(self) -> set[UUID]:
        """So that one bad child holds up nobody but itself, and that not for ever."""
        async with self._database.transaction() as session:
            children = await sharing.waiting_children(session, self._resting)
        for child in children:
            try:
                async with self._database.transaction() as session:
                    await sharing.share(session, self._resting, only=child)
            except Exception as error:
                if is_away(error):
                    raise
                self._resting[child] = time.monotonic() + REST_SECONDS
                log.exception("sharing of a child failed; trying again later")
        return children
