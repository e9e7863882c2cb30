"""Daily attendance as the caller may see it, and the rolls the caller may call."""

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.policy import queries as access
from services.students.access.relations import queries as relations
from services.students.participation.attendance import rules
from services.students.participation.attendance.records import (
    AttendanceTotalRow,
    attendance_mark,
    attendance_total,
)
from services.students.roster.schools.records import org
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import Attendance, AttendanceDay
from shared.contracts.students.school import NO_SCHOOL
from shared.core.settings import from_environment
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, for_callers, percent_of
from shared.security.principal import Principal, Role

ATTENDED: Any = (attendance_mark.hundredths * 1.0 / rules.HUNDREDTHS).label("attended")


@cache
def listed() -> Select[Any]:
    enrolled, attended = attendance_total.days_enrolled, hundredths_attended()
    whole = func.nullif(enrolled * rules.HUNDREDTHS, 0)
    found = select(
        *columns(Attendance, AttendanceTotalRow),
        org.name.label("school_name"),
        (attended * 1.0 / rules.HUNDREDTHS).label("attended"),
        (attended * 1.0 / whole).label("rate"),
        percent_of(attended, enrolled * rules.HUNDREDTHS).label("attendance_rate"),
        rules.chronically_absent(enrolled, attended, least_days()).label("chronically_absent"),
    )
    return found.outerjoin(org, org.id == attendance_total.school_id)


def least_days() -> int:
    """The least number of days of which a child may be called chronically absent."""
    return from_environment().chronic_absence_least_days


def hundredths_attended(of: Any = attendance_total) -> Any:
    """The column of days attended in hundredths, of totals of the release before too."""
    return func.coalesce(of.hundredths_attended, of.days_attended * rules.HUNDREDTHS)


async def attendance(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    student_id: UUID | None,
    school_year: int | None,
) -> Page[Attendance]:
    found, given = KNOWN(caller)
    if student_id is not None:
        found = found.where(attendance_total.student_id == student_id)
    if school_year is not None:
        found = found.where(attendance_total.school_year == school_year)
    by = [attendance_total.student_id, attendance_total.school_year]
    return await page(reader, found, Attendance, paging, by=by, given=given)


KNOWN = for_callers(
    lambda caller: listed().where(
        access.may_list(caller, attendance_total.student_id, Category.ATTENDANCE)
    )
)


def marks(*which: Any) -> Select[Any]:
    """Marks as `AttendanceDay`, by date."""
    known = func.nullif(attendance_mark.school_id, NO_SCHOOL).label("school_id")
    return (
        select(
            attendance_mark.student_id,
            attendance_mark.held_on,
            attendance_mark.category,
            known,
            org.name.label("school_name"),
            ATTENDED,
        )
        .outerjoin(org, org.id == attendance_mark.school_id)
        .where(*which)
        .order_by(attendance_mark.held_on, attendance_mark.school_id)
    )


def marks_at(caller: Principal, student_id: Any, school_id: Any) -> ColumnElement[bool]:
    """The condition that the caller may mark the child at this school, if it may see the child's
    attendance: the district, the school's leaders, and whoever teaches the child there."""
    if caller.role is Role.DISTRICT_ADMIN:
        return true()
    holders = relations.teachers(student_id).where(relations.lesson.school_id == school_id)
    [teacher] = holders.selected_columns
    return or_(
        relations.leads(school_id, caller.person_id, caller.partner_id),
        holders.where(teacher == caller.person_id).exists(),
    )


async def may_mark_at(
    session: AsyncSession, caller: Principal, student_id: UUID, school_id: UUID
) -> bool:
    """Whether the caller may mark the child at this school. A day without a school is of each
    school."""
    if school_id == NO_SCHOOL:
        return True
    found = select(marks_at(caller, student_id, school_id))
    return bool((await session.execute(found)).scalar_one())


async def schools_marked(session: AsyncSession, student_id: UUID, day: date) -> list[UUID]:
    """The schools, `NO_SCHOOL` among them, that have a mark of the child's day."""
    found = select(attendance_mark.school_id).where(
        attendance_mark.student_id == student_id, attendance_mark.held_on == day
    )
    return list((await session.execute(found)).scalars())


async def days(
    reader: Reading, paging: PageRequest, student_id: UUID, first: date | None, last: date | None
) -> Page[AttendanceDay]:
    """The child's days by date. The caller has decided that the attendance is released."""
    found = marks(attendance_mark.student_id == student_id).order_by(None)
    if first is not None:
        found = found.where(attendance_mark.held_on >= first)
    if last is not None:
        found = found.where(attendance_mark.held_on <= last)
    by = [attendance_mark.student_id, attendance_mark.held_on, attendance_mark.school_id]
    return await page(reader, found, AttendanceDay, paging, by=by)
