"""Referrals follow what happens to their children elsewhere, and the clock."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.participation.sessions.queries import first_attended
from services.students.referrals.referrals import queries, rules
from services.students.referrals.referrals.actions import (
    enter,
    follow,
)
from shared.contracts.students.consent import (
    ConsentChanged,
    ConsentStatus,
)
from shared.contracts.students.dosage import DosageCounted
from shared.contracts.students.engagement import (
    EngagementChanged,
)
from shared.contracts.students.referral import (
    ReferralAct,
    ReferralState,
)
from shared.core import clock
from shared.core.days import day_of
from shared.core.settings import Settings
from shared.persistence.alone import settle_for_ever
from shared.persistence.database import Database

PAUSE_SECONDS = 60
AT_ONCE = 100
S, A = ReferralState, ReferralAct


async def follow_engagements(session: AsyncSession, changed: Sequence[EngagementChanged]) -> None:
    """A referral's place follows from the engagement; nobody types it twice."""
    latest = {each.engagement_id: each for each in changed}
    for row in await queries.rows_of_engagements(session, latest.keys()):
        each = latest.get(row.engagement_id) if row.engagement_id else None
        if each is not None:
            await follow(session, row, each.stage, each.changed_on, None)


async def follow_dosage(session: AsyncSession, counted: Sequence[DosageCounted]) -> None:
    """The first session at which the child was present is the evidence that it was served."""
    attended = [each.engagement_id for each in counted if each.sessions_attended]
    for row in await queries.rows_of_engagements(session, attended):
        if ReferralState(row.state) in rules.FOLLOWS[S.SERVED] and row.engagement_id is not None:
            on = await first_attended(session, row.engagement_id)
            if on is not None:
                row.served_on = on
                await enter(session, row, S.SERVED, A.SERVED, on, None)


async def follow_consents(session: AsyncSession, changed: Sequence[ConsentChanged]) -> None:
    """A family that takes back the consent to a referral withdraws the referral."""
    ended = [each.consent_id for each in changed if each.status is not ConsentStatus.GRANTED]
    on = day_of(await clock.now())
    for row in await queries.rows_of_consents(session, ended):
        await enter(session, row, S.WITHDRAWN, A.WITHDRAWN, on, None)


async def expire_for_ever(database: Database, _: Settings) -> None:
    """Write down, without end, that referrals have expired. The clock has ended them before."""
    await settle_for_ever(database, "referrals", partial(expire, database), PAUSE_SECONDS)


async def expire(database: Database) -> int:
    """Write down a batch of expired referrals. Gives their number."""
    async with database.transaction() as session:
        rows = await queries.late_rows(session, AT_ONCE)
        for row in rows:
            on = (row.expires_on or row.since) + timedelta(days=1)
            await enter(session, row, S.EXPIRED, A.EXPIRED, on, None)
    return len(rows)
