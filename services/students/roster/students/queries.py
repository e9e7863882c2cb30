"""Children as the caller may see them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.students.access.disclosures.queries import refusal
from services.students.access.facts.queries import fact_columns, facts_of, viewing
from services.students.access.policy import queries as access
from services.students.access.policy.rules import Decision
from services.students.access.relations.queries import attends, current
from services.students.lifecycle.amendments.records import amendment
from services.students.participation.programs.records import offering_partner
from services.students.roster.classes.records import school_class
from services.students.roster.enrollments.records import enrollment
from services.students.roster.name_search.queries import best_first
from services.students.roster.people.queries import (
    named,
    rank,
)
from services.students.roster.people.records import PersonRow, person, person_role
from services.students.roster.schools.records import org
from services.students.roster.students.records import (
    DemographicRow,
    StudentRow,
    demographic,
    roster_clock,
    student,
    student_identifier,
)
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.amendment import AmendmentStatus
from shared.contracts.students.school import RosterStatus
from shared.contracts.students.student import (
    Demographics,
    Enrollments,
    Student,
    StudentStatus,
    StudentSummary,
)
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import (
    TODAY,
    columns,
    for_callers,
    in_force,
    json_rows,
    rendered,
    row_for_change,
    unknown,
)
from shared.security.principal import Principal

STUDENT = "student"
register: Any = aliased(offering_partner, name="register")
IDENTITY = (
    "given_name", "family_name", "preferred_given_name", "middle_name", "preferred_family_name",
    "grade", "school_id", "school_name",
)  # fmt: skip


def summaries() -> Select[Any]:
    """Children with their identity alone, for lists."""
    return (
        select(
            *columns(StudentSummary, StudentRow),
            person.given_name,
            person.family_name,
            person.preferred_given_name,
            org.name.label("school_name"),
        )
        .join(person, person.id == student.id)
        .outerjoin(org, org.id == student.school_id)
    )


def in_class(class_id: Any) -> ColumnElement[bool]:
    """The condition that the child is in the class today."""
    learns = select(enrollment.id).join(school_class, school_class.id == enrollment.class_id)
    now = learns.where(
        school_class.id == class_id,
        enrollment.person_id == student.id,
        enrollment.role == STUDENT,
        current(enrollment, school_class),
    )
    return now.correlate(student).exists()


def known_as(value: str) -> ColumnElement[bool]:
    """The condition that a source knows the child by this identifier, of any kind."""
    other = (
        select(student_identifier.student_id)
        .where(student_identifier.student_id == student.id, student_identifier.value == value)
        .correlate(student)
    )
    return or_(person.source_id == value, person.identifier == value, other.exists())


async def students(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    *,
    ids: Sequence[UUID],
    q: str | None,
    grade: str | None,
    school_id: UUID | None,
    class_id: UUID | None,
    identifier: str | None,
) -> Page[StudentSummary]:
    by_school_record = class_id is not None or identifier is not None
    found, given = (ENROLLED if by_school_record else KNOWN)(caller)
    filters = [
        student.id.in_(ids) if ids else None,
        student.grade == grade if grade is not None else None,
        attends(student.id, school_id) if school_id is not None else None,
        in_class(class_id) if class_id is not None else None,
        known_as(identifier) if identifier is not None else None,
    ]
    found = found.where(*(condition for condition in filters if condition is not None))
    by = [person.search_name, student.id]
    if q is None:
        return await page(reader, found, StudentSummary, paging, by=by, given=given)
    # The release before orders such a list by name alone: neither reads the cursors of the other.
    paging = replace(paging, scope=paging.scope + b"|ranked")
    if access.lists_few(caller):
        found, by = found.where(named(q)), [rank(q), *by]
        return await page(reader, found, StudentSummary, paging, by=by, given=given)
    return await best_first(reader, found, given, q, paging)


def _known(caller: Principal) -> Select[Any]:
    return summaries().where(access.may_list(caller, student.id, Category.IDENTITY))


def _enrolled(caller: Principal) -> Select[Any]:
    """The children whose classes and identifiers the caller may know."""
    return _known(caller).where(access.may_see(caller, student.id, Category.ENROLLMENT))


KNOWN, ENROLLED = for_callers(_known), for_callers(_enrolled)


def _schools() -> Any:
    return json_rows(
        select(
            person_role.org_id.label("school_id"), org.name.label("school_name"),
            person_role.is_primary.label("primary"), person_role.begins_on, person_role.ends_on,
            in_force(person_role.begins_on, person_role.ends_on).label("current"),
        )
        .join(org, org.id == person_role.org_id)
        .where(
            person_role.person_id == student.id, person_role.role == STUDENT,
            person_role.status == RosterStatus.ACTIVE,
        )
        .correlate(student)
    )  # fmt: skip


def _classes() -> Any:
    return json_rows(
        select(
            enrollment.class_id, school_class.title, school_class.class_code,
            school_class.school_id, org.name.label("school_name"), enrollment.begins_on,
            enrollment.ends_on, current(enrollment, school_class).label("current"),
        )
        .join(school_class, school_class.id == enrollment.class_id)
        .join(org, org.id == school_class.school_id)
        .where(
            enrollment.person_id == student.id, enrollment.role == STUDENT,
            enrollment.status == RosterStatus.ACTIVE,
        )
        .correlate(student)
    )  # fmt: skip


def _identifiers() -> Any:
    return json_rows(
        select(
            student_identifier.source, offering_partner.name.label("source_name"),
            student_identifier.kind, student_identifier.value,
        )
        .outerjoin(offering_partner, offering_partner.partner_id == student_identifier.source)
        .where(student_identifier.student_id == student.id)
        .correlate(student)
    )  # fmt: skip


def statements() -> Any:
    """The statements on the record of `student` as one JSON array, for `Student`."""
    return json_rows(
        select(
            amendment.id.label("amendment_id"), amendment.category,
            amendment.statement.label("text"),
            amendment.statement_at.label("at"),
        )
        .where(
            amendment.student_id == student.id,
            amendment.statement.is_not(None),
            amendment.status == AmendmentStatus.DECLINED,
        )
        .correlate(student)
    )  # fmt: skip


def whole() -> Select[Any]:
    """Everything about a child, and the facts by which the policy decides, in one statement."""
    return (
        summaries()
        .outerjoin(demographic, demographic.student_id == student.id)
        .outerjoin(register, register.partner_id == student.source)
        .add_columns(
            student.source, register.name.label("source_name"), student.birth_date, student.sex, person.middle_name,
            person.preferred_family_name,
            *columns(Demographics, DemographicRow),
            _schools().label("schools"),
            _classes().label("classes"),
            _identifiers().label("identifiers"),
            statements().label("statements"),
            *fact_columns(),
        )
    )  # fmt: skip


WHOLE = rendered(whole().where(student.id == bindparam("student_id")))


async def one_student(
    reader: Reading, caller: Principal, student_id: UUID
) -> tuple[Student, Decision]:
    row = (await reader.execute(WHOLE, viewing(caller, student_id))).one_or_none()
    child = None if row is None else facts_of(row)
    decision = access.decided(caller, student_id, child)
    return released(row, decision, caller.purpose), decision


def released(row: Any, decision: Decision, purpose: Purpose) -> Student:
    """The child with the parts that the decision releases. A withheld part is null."""
    parts: dict[str, Any] = {"enrollments": None, "demographics": None}
    told: dict[str, Any] = dict(row._mapping)  # noqa: SLF001
    parts["statements"] = [s for s in told["statements"] if s["category"] in decision.released]
    if Category.IDENTITY not in decision.released:
        parts |= dict.fromkeys(IDENTITY)
    if Category.ENROLLMENT in decision.released:
        parts["enrollments"] = Enrollments.model_validate(told)
    if Category.DEMOGRAPHICS in decision.released:
        parts["demographics"] = Demographics.model_validate(told)
    return Student.model_validate(told | parts | {"access": decision.answer(purpose)})


async def student_row(session: AsyncSession, caller: Principal, student_id: UUID) -> StudentRow:
    """The child for change, by the district that keeps its record."""
    own = student.source == caller.partner_id
    return await row_for_change(session, StudentRow, student_id, STUDENT, own)


async def person_row(session: AsyncSession, person_id: UUID) -> PersonRow:
    """A person for change. The caller has locked the child."""
    return await row_for_change(session, PersonRow, person_id, "person")


async def student_for_engagement(
    session: AsyncSession, caller: Principal, student_id: UUID
) -> StudentRow:
    """A child who has not left, and whom the caller knows by another ground than an emergency. The
    lock keeps the child from leaving meanwhile."""
    found = select(StudentRow).where(student.id == student_id, access.known_lastingly(caller))
    still = found.where(student.status == StudentStatus.ACTIVE).with_for_update(
        read=True, of=student
    )
    row: StudentRow | None = (await session.execute(still)).scalar_one_or_none()
    if row is None:
        raise unknown(STUDENT, keeping=refusal(caller, student_id, [Category.ENGAGEMENT]))
    return row


async def days_to_make_up(session: AsyncSession) -> tuple[date, date]:
    """The day whose schools every child has, and today. The row is locked until the transaction
    ends."""
    day = (await session.execute(select(roster_clock.day).with_for_update())).scalar_one_or_none()
    today: date = (await session.execute(select(TODAY))).scalar_one()
    return day or date.min, today
