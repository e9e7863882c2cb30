"""Noting who has left, and erasing what has had its time."""

import asyncio
import logging
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.lifecycle.erasures import actions as erasures
from services.students.lifecycle.erasures.queries import is_asked
from services.students.lifecycle.retention import queries, rules
from shared.contracts.students.erasure import DataClass, ErasureGround
from shared.core import clock
from shared.core.days import day_of
from shared.core.settings import Settings
from shared.persistence.database import Database

log = logging.getLogger(__name__)

WORK = "retention"
PAUSE_SECONDS = 3_600
RETRY_SECONDS = 60
BATCH = 500
NOTE = text("""
    insert into departure (student_id, left_on)
    select id, :today from student where status = 'left' on conflict do nothing
""")
FORGET = text("""
    delete from departure d using student s where s.id = d.student_id and s.status <> 'left'
""")


def days_of(settings: Settings) -> dict[DataClass, int]:
    return {kind: getattr(settings, f"retention_{kind}_days") for kind in DataClass}


async def retain_for_ever(database: Database, settings: Settings) -> None:
    """Never returns; each hour whoever is due leaves."""
    while True:
        pause = PAUSE_SECONDS
        try:
            async with database.alone(WORK):
                await enforce(database, days_of(settings), await clock.now())
        except Exception as error:  # what is due waits, and is due the next time
            log.warning("retention paused (%s)", type(error).__name__)
            pause = RETRY_SECONDS
        await asyncio.sleep(pause)


async def enforce(database: Database, days: dict[DataClass, int], now: datetime) -> int:
    """How many children something was erased of; each in a transaction of its own."""
    today = day_of(now)
    async with database.transaction() as session:
        await session.execute(NOTE, {"today": today})
        await session.execute(FORGET)
    first_due = today - timedelta(min(days.values()))
    erased, after = 0, None
    while True:
        async with database.transaction() as session:
            leavers = await queries.left(session, first_due, after, BATCH)
        for student_id, left_on in leavers:
            async with database.transaction() as session:
                due = rules.ended(left_on, days, today)
                erased += await _erase(session, student_id, left_on, due, now)
        if len(leavers) < BATCH:
            return erased
        after = leavers[-1].student_id


async def _erase(
    session: AsyncSession, student_id: UUID, left_on: date, due: list[DataClass], now: datetime
) -> bool:
    student = await queries.student_row(session, student_id)
    gone = await queries.gone_already(session, student_id, left_on)
    classes = rules.still_to_go(due, gone)
    if student is None or not classes or await is_asked(session, student_id):
        return False
    await erasures.carry_out(session, student, classes, ErasureGround.RETENTION_ENDED, now)
    return True
