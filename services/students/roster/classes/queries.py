"""Classes. A district's administrator reads all of its own; others read those that they teach or
lead, or those of their own child."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_, select

from services.students.access.policy import queries as access
from services.students.access.relations.queries import current, kept_by
from services.students.access.relations.rules import LEADER_ROLES
from services.students.participation.programs.records import offering_partner
from services.students.roster.classes.records import ClassRow, course, school_class
from services.students.roster.enrollments.records import enrollment
from services.students.roster.people.records import person, person_role
from services.students.roster.schools.records import org
from services.students.roster.students import queries as students
from services.students.roster.students.records import student
from shared.contracts.students.access import Category
from shared.contracts.students.school import (
    ClassWithStudents,
    RosterStatus,
    SchoolClass,
    Teacher,
)
from shared.contracts.students.student import StudentSummary
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, in_force, json_rows, many, unknown
from shared.security.principal import FAMILY, Principal, Role

MOST_STUDENTS = 200
TEACHING = ("teacher", "administrator", "proctor")


def listed() -> Select[Any]:
    return (
        select(
            *columns(SchoolClass, ClassRow),
            org.name.label("school_name"),
            course.title.label("course_title"),
            offering_partner.name.label("source_name"),
        )
        .join(org, org.id == school_class.school_id)
        .join(course, course.id == school_class.course_id)
        .outerjoin(offering_partner, offering_partner.partner_id == school_class.source)
    )


def visible(caller: Principal) -> ColumnElement[bool]:
    if caller.role is Role.DISTRICT_ADMIN:
        return school_class.source == caller.partner_id  # type: ignore[no-any-return]
    if caller.role is Role.EDUCATOR:
        own = kept_by(school_class.source, caller.partner_id)
        return and_(own, or_(_taught_by(caller), _led_by(caller)))
    if caller.role in FAMILY:
        return _of_own_child(caller)
    return false()


def _taught_by(caller: Principal) -> ColumnElement[bool]:
    mine = select(enrollment.id).where(
        enrollment.class_id == school_class.id,
        enrollment.person_id == caller.person_id,
        enrollment.role.in_(TEACHING),
    )
    return mine.where(current(enrollment, school_class)).correlate(school_class).exists()


def _led_by(caller: Principal) -> ColumnElement[bool]:
    leads = select(person_role.id).where(
        person_role.org_id == school_class.school_id,
        person_role.person_id == caller.person_id,
        person_role.role.in_(LEADER_ROLES),
        person_role.status == RosterStatus.ACTIVE,
        in_force(person_role.begins_on, person_role.ends_on),
    )
    return leads.correlate(school_class).exists()


def _of_own_child(caller: Principal) -> ColumnElement[bool]:
    learns = select(enrollment.id).where(
        enrollment.class_id == school_class.id,
        enrollment.role == students.STUDENT,
        current(enrollment, school_class),
        access.may_see(caller, enrollment.person_id, Category.ENROLLMENT),
    )
    return learns.correlate(school_class).exists()


async def classes(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    *,
    ids: Sequence[UUID],
    school_id: UUID | None,
    identifier: str | None,
) -> Page[SchoolClass]:
    wanted = school_class.id.in_(ids) if ids else school_class.status == RosterStatus.ACTIVE
    found = listed().where(visible(caller), wanted)
    if school_id is not None:
        found = found.where(school_class.school_id == school_id)
    if identifier is not None:
        found = found.where(
            or_(school_class.source_id == identifier, school_class.class_code == identifier)
        )
    return await page(reader, found, SchoolClass, paging, by=[school_class.title, school_class.id])


async def one_class(reader: Reading, caller: Principal, class_id: UUID) -> ClassWithStudents:
    found = listed().add_columns(_teachers().label("teachers")).where(school_class.id == class_id)
    row = (await reader.execute(found.where(visible(caller)))).one_or_none()
    if row is None:
        raise unknown("class")
    return _with_students(row, await _students(reader, caller, class_id))


async def _students(reader: Reading, caller: Principal, class_id: UUID) -> list[StudentSummary]:
    there = students.summaries().where(
        students.in_class(class_id), access.may_see(caller, student.id, Category.ENROLLMENT)
    )
    ordered = there.order_by(person.search_name, student.id).limit(MOST_STUDENTS)
    return await many(reader, ordered, StudentSummary)


def _teachers() -> Any:
    return json_rows(
        select(
            person.id.label("staff_id"), person.given_name, person.family_name,
            enrollment.role, enrollment.begins_on, enrollment.ends_on,
        )
        .join(enrollment, enrollment.person_id == person.id)
        .where(
            enrollment.class_id == school_class.id, enrollment.role.in_(TEACHING),
            enrollment.status == RosterStatus.ACTIVE,
        )
        .correlate(school_class)
    )  # fmt: skip


def _with_students(row: Row[Any], learners: list[StudentSummary]) -> ClassWithStudents:
    told = dict(row._mapping)  # noqa: SLF001
    teachers = sorted((Teacher.model_validate(t) for t in told.pop("teachers")),
                      key=lambda teacher: teacher.staff_id)  # fmt: skip
    return ClassWithStudents.model_validate({**told, "teachers": teachers, "students": learners})
