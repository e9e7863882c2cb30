"""Noting the children who have left, and erasing their data when the retention times end."""

from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import delete, literal, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.same_child.queries import here_elsewhere
from services.students.lifecycle.erasures import actions as erasures
from services.students.lifecycle.erasures.queries import is_asked
from services.students.lifecycle.retention import queries, rules
from services.students.lifecycle.retention.records import departure
from services.students.roster.students.records import student
from shared.contracts.students.erasure import DataClass, ErasureGround
from shared.contracts.students.student import StudentStatus
from shared.core import clock
from shared.core.days import day_of
from shared.core.settings import Settings
from shared.persistence.alone import rounds_for_ever
from shared.persistence.database import Database

WORK = "retention"
PAUSE_SECONDS = 3_600
RETRY_SECONDS = 60
BATCH = 500
ENTIRELY = (student.status == StudentStatus.LEFT) & ~here_elsewhere(student)
"""The condition that a child has left by all of its records."""
FORGET = delete(departure).where(departure.student_id == student.id, ~ENTIRELY)


def days_of(settings: Settings) -> dict[DataClass, int]:
    return {kind: getattr(settings, f"retention_{kind}_days") for kind in DataClass}


async def retain_for_ever(database: Database, settings: Settings) -> None:
    """Enforce retention without end, each hour. After a failure, data that are due wait."""
    retain = partial(_retain, database, settings)
    await rounds_for_ever(database, WORK, retain, PAUSE_SECONDS, RETRY_SECONDS)


async def _retain(database: Database, settings: Settings) -> None:
    await enforce(database, days_of(settings), await clock.now())


async def enforce(database: Database, days: dict[DataClass, int], now: datetime) -> int:
    """Erase the data that are due, each child in a transaction of its own. Gives the number of
    children."""
    today = day_of(now)
    async with database.transaction() as session:
        await session.execute(_note(today))
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


def _note(today: date) -> Insert:
    left = select(student.id, literal(today)).where(ENTIRELY)
    return insert(departure).from_select(["student_id", "left_on"], left).on_conflict_do_nothing()


async def _erase(
    session: AsyncSession, student_id: UUID, left_on: date, due: list[DataClass], now: datetime
) -> bool:
    leaver = await queries.student_row(session, student_id)
    gone = await queries.gone_already(session, student_id, left_on)
    classes = rules.still_to_go(due, gone)
    if leaver is None or not classes or await is_asked(session, student_id):
        return False
    await erasures.carry_out(session, leaver, classes, ErasureGround.RETENTION_ENDED, now)
    return True
