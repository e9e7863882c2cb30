"""Children as the caller may see them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures.queries import refusal
from services.students.access.facts.queries import fact_columns, facts_of, viewing
from services.students.access.policy import queries as access
from services.students.access.policy.rules import Decision
from services.students.access.relations.queries import current
from services.students.lifecycle.amendments.records import AmendmentRow
from services.students.roster.classes.records import ClassRow
from services.students.roster.enrollments.records import EnrollmentRow
from services.students.roster.people.queries import named
from services.students.roster.people.records import PersonRoleRow, PersonRow
from services.students.roster.schools.records import OrgRow
from services.students.roster.students.records import (
    DemographicRow,
    StudentIdentifierRow,
    StudentRow,
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
    columns,
    for_callers,
    json_rows,
    rendered,
    row_for_change,
    unknown,
)
from shared.security.principal import Principal

S: Any = StudentRow  # columns, where mypy would see values
P: Any = PersonRow
PR: Any = PersonRoleRow
ORG: Any = OrgRow
C: Any = ClassRow
E: Any = EnrollmentRow
IDN: Any = StudentIdentifierRow
D: Any = DemographicRow
M: Any = AmendmentRow
STUDENT = "student"
IDENTITY = (
    "given_name", "family_name", "preferred_given_name", "middle_name", "preferred_family_name",
    "grade", "school_id", "school_name",
)  # fmt: skip


def summaries() -> Select[Any]:
    """Of a list no more than the identity of each child."""
    return (
        select(
            *columns(StudentSummary, S),
            P.given_name,
            P.family_name,
            P.preferred_given_name,
            ORG.name.label("school_name"),
        )
        .join(P, P.id == S.id)
        .outerjoin(ORG, ORG.id == S.school_id)
    )


def in_class(class_id: Any) -> ColumnElement[bool]:
    """Who is in the class today."""
    learns = select(E.id).join(C, C.id == E.class_id)
    now = learns.where(C.id == class_id, E.person_id == S.id, E.role == STUDENT, current(E, C))
    return now.correlate(S).exists()


def known_as(value: str) -> ColumnElement[bool]:
    """By any identifier of any source."""
    other = select(IDN.student_id).where(IDN.student_id == S.id, IDN.value == value).correlate(S)
    return or_(P.source_id == value, P.identifier == value, other.exists())


async def students(
    reader: Reading,
    caller: Principal,
    paging: PageRequest,
    *,
    q: str | None,
    grade: str | None,
    school_id: UUID | None,
    class_id: UUID | None,
    identifier: str | None,
) -> Page[StudentSummary]:
    by_school_record = class_id is not None or identifier is not None
    found, given = (ENROLLED if by_school_record else KNOWN)(caller)
    filters = [
        named(q) if q is not None else None,
        S.grade == grade if grade is not None else None,
        S.school_id == school_id if school_id is not None else None,
        in_class(class_id) if class_id is not None else None,
        known_as(identifier) if identifier is not None else None,
    ]
    found = found.where(*(condition for condition in filters if condition is not None))
    by = [P.search_name, S.id]
    return await page(reader, found, StudentSummary, paging, by=by, given=given)


def _known(caller: Principal) -> Select[Any]:
    return summaries().where(access.may_list(caller, S.id, Category.IDENTITY))


def _enrolled(caller: Principal) -> Select[Any]:
    """Those of whom the caller may know the classes and identifiers."""
    return _known(caller).where(access.may_see(caller, S.id, Category.ENROLLMENT))


KNOWN, ENROLLED = for_callers(_known), for_callers(_enrolled)


def _schools() -> Any:
    return json_rows(
        select(
            PR.org_id.label("school_id"), ORG.name.label("school_name"),
            PR.is_primary.label("primary"), PR.begins_on, PR.ends_on,
        )
        .join(ORG, ORG.id == PR.org_id)
        .where(PR.person_id == S.id, PR.role == STUDENT, PR.status == RosterStatus.ACTIVE)
        .correlate(S)
    )  # fmt: skip


def _classes() -> Any:
    return json_rows(
        select(
            E.class_id, C.title, C.class_code, C.school_id, E.begins_on, E.ends_on,
            current(E, C).label("current"),
        )
        .join(C, C.id == E.class_id)
        .where(E.person_id == S.id, E.role == STUDENT, E.status == RosterStatus.ACTIVE)
        .correlate(S)
    )  # fmt: skip


def _identifiers() -> Any:
    return json_rows(
        select(IDN.source, IDN.kind, IDN.value).where(IDN.student_id == S.id).correlate(S)
    )


def statements() -> Any:
    """The statements on the record of `student` as one JSON array, for `Student`."""
    return json_rows(
        select(
            M.id.label("amendment_id"), M.category, M.statement.label("text"),
            M.statement_at.label("at"),
        )
        .where(
            M.student_id == S.id,
            M.statement.is_not(None),
            M.status == AmendmentStatus.DECLINED,
        )
        .correlate(S)
    )  # fmt: skip


def whole() -> Select[Any]:
    """All of a child and all that decides who may have it, in one statement."""
    return (
        summaries()
        .outerjoin(D, D.student_id == S.id)
        .add_columns(
            S.source, S.birth_date, S.sex, P.middle_name, P.preferred_family_name,
            *columns(Demographics, D),
            _schools().label("schools"),
            _classes().label("classes"),
            _identifiers().label("identifiers"),
            statements().label("statements"),
            *fact_columns(),
        )
    )  # fmt: skip


WHOLE = rendered(whole().where(S.id == bindparam("student_id")))


async def student(
    reader: Reading, caller: Principal, student_id: UUID
) -> tuple[Student, Decision]:
    row = (await reader.execute(WHOLE, viewing(caller, student_id))).one_or_none()
    child = None if row is None else facts_of(row)
    decision = access.decided(caller, student_id, child)
    return released(row, decision, caller.purpose), decision


def released(row: Any, decision: Decision, purpose: Purpose) -> Student:
    """The row as the decision lets it out: a withheld part is null."""
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
    """For change, by the district that keeps the child's record."""
    own = S.source == caller.partner_id
    row: StudentRow = await row_for_change(session, S, student_id, STUDENT, own)
    return row


async def person_row(session: AsyncSession, person_id: UUID) -> PersonRow:
    """For change; whoever calls this has locked the child."""
    row: PersonRow = await row_for_change(session, P, person_id, "person")
    return row


async def student_for_engagement(
    session: AsyncSession, caller: Principal, student_id: UUID
) -> StudentRow:
    """A child that the caller knows otherwise than by an emergency, and that has not left. Locked
    against leaving meanwhile."""
    found = select(S).where(S.id == student_id, access.known_lastingly(caller))
    still = found.where(S.status == StudentStatus.ACTIVE).with_for_update(read=True, of=S)
    row: StudentRow | None = (await session.execute(still)).scalar_one_or_none()
    if row is None:
        raise unknown(STUDENT, keeping=refusal(caller, student_id, [Category.ENGAGEMENT]))
    return row
