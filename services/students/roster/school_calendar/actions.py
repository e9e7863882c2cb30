"""Keeping the calendars of districts and schools."""

from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.roster.school_calendar import queries, rules
from services.students.roster.school_calendar.records import SchoolCalendarRow, school_calendar
from shared.contracts.students.calendar import CalendarChanged, ClosedDays
from shared.contracts.students.school import NO_SCHOOL
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.persistence.records import new_id
from shared.security.principal import Principal, Role


async def close_days(
    session: AsyncSession, caller: Principal, year: int, school_id: UUID | None, expected: int,
    wanted: ClosedDays,
) -> None:  # fmt: skip
    source = await queries.district_of(session, caller, school_id)
    leads = school_id is not None and await queries.leads(session, caller, school_id)
    own_district = caller.role is Role.DISTRICT_ADMIN and caller.partner_id == source
    rules.ensure_may_change(district=own_district, leads=leads)
    row = await _row(session, source, school_id or NO_SCHOOL, year)
    ensure_version(row, expected)

    rules.ensure_in_year(year, [*wanted.closed, wanted.first_day, wanted.last_day])

    row.closed = sorted(set(wanted.closed))
    row.first_day, row.last_day = wanted.first_day, wanted.last_day
    await session.flush()
    rules.ensure_bounded(await queries.calendar(session, source, school_id or NO_SCHOOL, year))

    announce(
        session, row,
        CalendarChanged(calendar_id=row.id, source=source, school_id=school_id, school_year=year),
    )  # fmt: skip


async def _row(
    session: AsyncSession, source: UUID, school_id: UUID, year: int
) -> SchoolCalendarRow:
    """Made if there was none; locked, so that two changes never mix."""
    made = insert(school_calendar).values(
        id=new_id(), version=0, created_at=func.now(), updated_at=func.now(), source=source,
        school_id=school_id, school_year=year, closed=[],
    )  # fmt: skip
    await session.execute(made.on_conflict_do_nothing())
    row = await queries.calendar_row(session, source, school_id, year, for_change=True)
    if row is None:
        raise AssertionError("a calendar that was just made is gone")
    return row
