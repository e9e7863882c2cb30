"""Begins and ends agreements when their time comes. Whoever decides looks at the clock itself;
this only writes down, announces, and asks for what was given to be destroyed."""

import asyncio
import logging
from datetime import datetime

from services.partners.agreements.agreements.actions import Step, take
from services.partners.agreements.locked_agreements import queries
from services.partners.agreements.terminations.actions import conclude
from shared.contracts.partners.agreement import AgreementAction, AgreementStatus
from shared.core import clock
from shared.core.settings import Settings
from shared.persistence.database import Database

log = logging.getLogger(__name__)

PAUSE_SECONDS = 5
AT_ONCE = 100


async def keep_time_for_ever(database: Database, _: Settings) -> None:
    """Never returns."""
    while True:
        try:
            async with database.alone("deadlines") as connection:
                while True:
                    await connection.execute("select 1")  # whether we are still alone
                    while await settle(database, await clock.now()):
                        pass
                    await asyncio.sleep(PAUSE_SECONDS)
        except Exception as error:  # nobody waits for it, so it is not worth the process
            log.warning("deadlines paused (%s)", type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


async def settle(database: Database, now: datetime) -> int:
    """Some of those that the clock has moved; how many."""
    async with database.transaction() as session:
        rows = await queries.due_rows(session, now, AT_ONCE)
        for row in rows:
            found = await queries.with_terms(session, row, now)
            if found.status is AgreementStatus.EXPIRED:
                await conclude(session, found, Step(AgreementAction.EXPIRED, now))
            else:
                row.status = found.status
                take(session, row, found.terms, Step(AgreementAction.BEGUN, now))
    return len(rows)
