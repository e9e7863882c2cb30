"""The rolls that the caller may call or read."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.policy import queries as access
from services.students.access.relations.queries import attends, current
from services.students.participation.attendance.queries import ATTENDED, marks_at
from services.students.participation.attendance.records import attendance_mark
from services.students.roster.classes.records import school_class
from services.students.roster.enrollments.records import enrollment
from services.students.roster.people.records import PersonRow, person
from services.students.roster.schools.records import org
from services.students.roster.students.records import student
from shared.contracts.students.access import Category
from shared.contracts.students.attendance import AttendanceCategory, RollEntry
from shared.contracts.students.student import StudentStatus
from shared.persistence.queries import columns, many, unknown
from shared.security.principal import Principal


async def school_roll(
    session: AsyncSession, caller: Principal, school_id: UUID, day: date
) -> set[UUID]:
    """The children of the school that day whose roll the caller may call: a leader and the district
    all, a teacher those taught there. Without any, the school is answered as absent."""
    found = select(student.id).where(
        attends(student.id, school_id, day), marks_at(caller, student.id, school_id),
        *_seen(caller),
    )  # fmt: skip
    roll = set((await session.execute(found)).scalars())
    if not roll:
        raise unknown("school")
    return roll


class OfClass(NamedTuple):
    """A class and its school, and the children of a day."""

    title: str
    school_id: UUID
    school_name: str
    children: set[UUID]


async def class_roll(
    session: AsyncSession, caller: Principal, class_id: UUID, day: date, *, calling: bool
) -> OfClass:
    """The class with its children of that day whose roll the caller may call, or may read."""
    found = (
        select(school_class.title, school_class.school_id, org.name, student.id)
        .join(org, org.id == school_class.school_id)
        .join(enrollment, enrollment.class_id == school_class.id)
        .join(student, student.id == enrollment.person_id)
        .where(school_class.id == class_id, enrollment.role == "student")
        .where(current(enrollment, school_class, day), *_seen(caller))
    )
    if calling:
        found = found.where(marks_at(caller, student.id, school_class.school_id))
    rows = (await session.execute(found)).all()
    if not rows:
        raise unknown("class")
    [title, school_id, school_name, _] = rows[0]
    return OfClass(title, school_id, school_name, {id for *_, id in rows})


async def class_marks(
    session: AsyncSession, school_id: UUID, day: date, roll: Collection[UUID]
) -> list[RollEntry]:
    """The school's mark of the day of each child on the roll, those without one included, by name. It
    holds all names: the action removes those that the policy withholds."""
    at_school = and_(
        attendance_mark.student_id == student.id,
        attendance_mark.held_on == day,
        attendance_mark.school_id == school_id,
    )
    found = (
        select(
            student.id.label("student_id"),
            *columns(RollEntry, PersonRow),
            attendance_mark.category,
            ATTENDED,
        )
        .join(person, person.id == student.id)
        .outerjoin(attendance_mark, at_school)
        .where(student.id.in_(roll))
        .order_by(person.search_name, student.id)
    )
    return await many(session, found, RollEntry)


async def whole_partials(
    session: AsyncSession, school_id: UUID, day: date, among: Collection[UUID]
) -> int:
    """How many of these children have a partial day at the school without the part that was
    attended."""
    found = (
        select(func.count())
        .select_from(attendance_mark)
        .where(
            attendance_mark.student_id.in_(among),
            attendance_mark.held_on == day,
            attendance_mark.school_id == school_id,
            attendance_mark.category == AttendanceCategory.PARTIAL,
            attendance_mark.hundredths.is_(None),
        )
    )
    return int((await session.execute(found)).scalar_one())


def _seen(caller: Principal) -> list[Any]:
    return [
        student.status == StudentStatus.ACTIVE,
        access.may_see(caller, student.id, Category.ATTENDANCE),
    ]
