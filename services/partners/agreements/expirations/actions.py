"""Begins and ends agreements when their time comes. Decisions about access read the clock
themselves. This worker only records the step, announces it, and opens the destructions."""

from datetime import datetime

from services.partners.agreements.agreements.actions import Step, take
from services.partners.agreements.locked_agreements import queries
from services.partners.agreements.terminations.actions import conclude
from shared.contracts.partners.agreement import AgreementAction, AgreementStatus
from shared.core import clock
from shared.core.settings import Settings
from shared.persistence.alone import settle_for_ever
from shared.persistence.database import Database

PAUSE_SECONDS = 5
AT_ONCE = 100


async def keep_time_for_ever(database: Database, _: Settings) -> None:
    """The worker; never returns."""

    async def some() -> int:
        return await settle(database, await clock.now())

    await settle_for_ever(database, "deadlines", some, PAUSE_SECONDS)


async def settle(database: Database, now: datetime) -> int:
    """Record some of the steps that the clock has caused. Gives their number."""
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
