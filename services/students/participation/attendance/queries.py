"""Daily attendance as the caller may see it, and the rolls the caller may call."""

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.policy import queries as access
from services.students.participation.attendance import rules
from services.students.participation.attendance.records import AttendanceDayRow, AttendanceTotalRow
from services.students.roster.classes.records import ClassRow
from services.students.roster.enrollments.records import EnrollmentRow
from services.students.roster.students.records import StudentRow
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import Attendance, AttendanceDay
from shared.contracts.students.school import RosterStatus
from shared.contracts.students.student import StudentStatus
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, for_callers, unknown
from shared.security.principal import Principal

T: Any = AttendanceTotalRow  # columns, where mypy would see values
D: Any = AttendanceDayRow
S: Any = StudentRow
L: Any = EnrollmentRow
C: Any = ClassRow


@cache
def listed() -> Select[Any]:
    return select(
        *columns(Attendance, T),
        (T.days_attended * 1.0 / func.nullif(T.days_enrolled, 0)).label("rate"),
        rules.chronically_absent(T.days_enrolled, T.days_attended).label("chronically_absent"),
    )


async def attendance(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    student_id: UUID | None,
    school_year: int | None,
) -> Page[Attendance]:
    found, given = KNOWN(caller)
    if student_id is not None:
        found = found.where(T.student_id == student_id)
    if school_year is not None:
        found = found.where(T.school_year == school_year)
    by = [T.student_id, T.school_year]
    return await page(reader, found, Attendance, paging, by=by, given=given)


KNOWN = for_callers(
    lambda caller: listed().where(access.may_list(caller, T.student_id, Category.ATTENDANCE))
)


async def school_roll(session: AsyncSession, caller: Principal, school_id: UUID) -> set[UUID]:
    """The children of the school whose attendance is the caller's business: of a leader and the
    district all, of a teacher the own. Without any the school answers like none."""
    found = select(S.id).where(S.school_id == school_id, *_markable(caller))
    roll = set((await session.execute(found)).scalars())
    if not roll:
        raise unknown("school")
    return roll


async def class_roll(
    session: AsyncSession, caller: Principal, class_id: UUID, day: date
) -> tuple[UUID, set[UUID]]:
    """The class's school, and its children of that day as above."""
    begins_on = func.coalesce(L.begins_on, C.begins_on)
    ends_on = func.coalesce(L.ends_on, C.ends_on)
    found = (
        select(C.school_id, S.id)
        .join(L, L.class_id == C.id)
        .join(S, S.id == L.person_id)
        .where(C.id == class_id, L.role == "student", L.status == RosterStatus.ACTIVE)
        .where(or_(begins_on.is_(None), begins_on <= day), or_(ends_on.is_(None), ends_on >= day))
        .where(*_markable(caller))
    )
    rows = (await session.execute(found)).all()
    if not rows:
        raise unknown("class")
    return rows[0][0], {id for _, id in rows}


def _markable(caller: Principal) -> list[Any]:
    return [
        S.status == StudentStatus.ACTIVE,
        access.may_see(caller, S.id, Category.ATTENDANCE),
    ]


async def days(
    reader: Reading, paging: PageRequest, student_id: UUID, first: date | None, last: date | None
) -> Page[AttendanceDay]:
    """Whoever calls this has decided that the child's attendance is released."""
    found = select(*columns(AttendanceDay, D)).where(D.student_id == student_id)
    if first is not None:
        found = found.where(D.held_on >= first)
    if last is not None:
        found = found.where(D.held_on <= last)
    return await page(reader, found, AttendanceDay, paging, by=[D.student_id, D.held_on])
