"""Classes: of a district to its administrator, else those the caller or the own child is in."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_, select

from services.students.access.policy import queries as access
from services.students.access.relations.queries import current, in_force
from services.students.access.relations.rules import LEADER_ROLES
from services.students.participation.programs.records import OfferingPartnerRow
from services.students.roster.classes.records import ClassRow, CourseRow
from services.students.roster.enrollments.records import EnrollmentRow
from services.students.roster.people.records import PersonRoleRow, PersonRow
from services.students.roster.schools.records import OrgRow
from services.students.roster.students import queries as students
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
from shared.persistence.queries import columns, json_rows, many, unknown
from shared.security.principal import Principal, Role

C: Any = ClassRow  # columns, where mypy would see values
E: Any = EnrollmentRow
ORG: Any = OrgRow
P: Any = PersonRow
PR: Any = PersonRoleRow
COURSE: Any = CourseRow
O: Any = OfferingPartnerRow  # noqa: E741
MOST_STUDENTS = 200
TEACHING = ("teacher", "administrator", "proctor")


def listed() -> Select[Any]:
    return (
        select(
            *columns(SchoolClass, C),
            ORG.name.label("school_name"),
            COURSE.title.label("course_title"),
        )
        .join(ORG, ORG.id == C.school_id)
        .join(COURSE, COURSE.id == C.course_id)
    )


def visible(caller: Principal) -> ColumnElement[bool]:
    if caller.role is Role.DISTRICT_ADMIN:
        return C.source == caller.partner_id  # type: ignore[no-any-return]
    if caller.role is Role.EDUCATOR:
        return and_(_of_district(caller), or_(_taught_by(caller), _led_by(caller)))
    if caller.role in {Role.GUARDIAN, Role.STUDENT}:
        return _of_own_child(caller)
    return false()


def _of_district(caller: Principal) -> ColumnElement[bool]:
    """The membership is of the district whose roster has the class, or of a school below it."""
    above = select(O.parent_id).where(O.partner_id == caller.partner_id).scalar_subquery()
    return or_(C.source == caller.partner_id, C.source == above)


def _taught_by(caller: Principal) -> ColumnElement[bool]:
    mine = select(E.id).where(
        E.class_id == C.id, E.person_id == caller.person_id, E.role.in_(TEACHING)
    )
    return mine.where(current(E, C)).correlate(C).exists()


def _led_by(caller: Principal) -> ColumnElement[bool]:
    leads = select(PR.id).where(
        PR.org_id == C.school_id,
        PR.person_id == caller.person_id,
        PR.role.in_(LEADER_ROLES),
        PR.status == RosterStatus.ACTIVE,
        in_force(PR.begins_on, PR.ends_on),
    )
    return leads.correlate(C).exists()


def _of_own_child(caller: Principal) -> ColumnElement[bool]:
    learns = select(E.id).where(
        E.class_id == C.id,
        E.role == students.STUDENT,
        current(E, C),
        access.may_see(caller, E.person_id, Category.ENROLLMENT),
    )
    return learns.correlate(C).exists()


async def classes(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    *,
    school_id: UUID | None,
    identifier: str | None,
) -> Page[SchoolClass]:
    found = listed().where(visible(caller), C.status == RosterStatus.ACTIVE)
    if school_id is not None:
        found = found.where(C.school_id == school_id)
    if identifier is not None:
        found = found.where(or_(C.source_id == identifier, C.class_code == identifier))
    return await page(reader, found, SchoolClass, paging, by=[C.title, C.id])


async def school_class(reader: Reading, caller: Principal, class_id: UUID) -> ClassWithStudents:
    found = listed().add_columns(_teachers().label("teachers")).where(C.id == class_id)
    row = (await reader.execute(found.where(visible(caller)))).one_or_none()
    if row is None:
        raise unknown("class")
    return _with_students(row, await _students(reader, caller, class_id))


async def _students(reader: Reading, caller: Principal, class_id: UUID) -> list[StudentSummary]:
    there = students.summaries().where(
        students.in_class(class_id), access.may_see(caller, students.S.id, Category.ENROLLMENT)
    )
    ordered = there.order_by(students.P.search_name, students.S.id).limit(MOST_STUDENTS)
    return await many(reader, ordered, StudentSummary)


def _teachers() -> Any:
    return json_rows(
        select(
            P.id.label("staff_id"), P.given_name, P.family_name,
            E.role, E.begins_on, E.ends_on,
        )
        .join(E, E.person_id == P.id)
        .where(E.class_id == C.id, E.role.in_(TEACHING), E.status == RosterStatus.ACTIVE)
        .correlate(C)
    )  # fmt: skip


def _with_students(row: Row[Any], learners: list[StudentSummary]) -> ClassWithStudents:
    told = dict(row._mapping)  # noqa: SLF001
    teachers = sorted((Teacher.model_validate(t) for t in told.pop("teachers")),
                      key=lambda teacher: teacher.staff_id)  # fmt: skip
    return ClassWithStudents.model_validate({**told, "teachers": teachers, "students": learners})
