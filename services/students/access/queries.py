"""The facts the policy looks at, and the same policy as a condition on lists.

Each relation is written once, as the people who have it to a child: `facts` gathers them, and
`may_see` asks whether the caller is among them. Today is the database's, in UTC: a relation that
ends today ends for every list and every read at the same moment.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    and_,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from services.students.access import rules
from services.students.access.rules import ContactFact, Decision, Facts
from services.students.classes.records import ClassRow
from services.students.contacts.records import ContactRestrictionRow, StudentContactRow
from services.students.engagements.records import EngagementRow
from services.students.enrollments.records import EnrollmentRow
from services.students.people.records import PersonRoleRow, PersonRow
from services.students.students.records import StudentRow
from shared.contracts.students.access import Category, Relation
from shared.contracts.students.contact import LegalGuardian
from shared.contracts.students.engagement import LIVE_STAGES
from shared.contracts.students.school import RosterStatus
from shared.contracts.students.student import StudentStatus
from shared.database import Reading
from shared.principal import Principal
from shared.queries import unknown

S: Any = StudentRow  # columns, where mypy would see values
# Under names of their own, so that no condition is mistaken for a part of the list it is on.
C: Any = aliased(ClassRow, name="lesson")
E: Any = aliased(EngagementRow, name="engaged")
K: Any = aliased(StudentContactRow, name="related")
PR: Any = aliased(PersonRoleRow, name="leading")
R: Any = aliased(ContactRestrictionRow, name="forbidden")
TODAY: ColumnElement[Any] = literal_column("(now() at time zone 'utc')::date", Date)
MOST_ASKED = 1_000


def _child() -> Any:
    return aliased(StudentRow, name="child")


def _person() -> Any:
    return aliased(PersonRow, name="adult")


def in_force(begins_on: Any, ends_on: Any) -> ColumnElement[bool]:
    """Between two days, both included; null is without bound."""
    return and_(
        or_(begins_on.is_(None), begins_on <= TODAY), or_(ends_on.is_(None), ends_on >= TODAY)
    )


def current(enrollment: Any, of_class: Any = C) -> ColumnElement[bool]:
    """An enrollment of today in a class that has not ended."""
    begins_on = func.coalesce(enrollment.begins_on, of_class.begins_on)
    ends_on = func.coalesce(enrollment.ends_on, of_class.ends_on)
    return and_(
        enrollment.status == RosterStatus.ACTIVE,
        of_class.status == RosterStatus.ACTIVE,
        in_force(begins_on, ends_on),
    )


def teachers(student_id: Any) -> Select[Any]:
    child, person = _child(), _person()
    learns: Any = aliased(EnrollmentRow, name="learning")
    teaches: Any = aliased(EnrollmentRow, name="teaching")
    return (
        select(teaches.person_id)
        .join(C, C.id == teaches.class_id)
        .join(learns, learns.class_id == C.id)
        .join(child, child.id == learns.person_id)
        .join(person, person.id == teaches.person_id)
        .where(
            learns.person_id == student_id,
            learns.role == "student",
            teaches.role == "teacher",
            child.status == StudentStatus.ACTIVE,
            person.status == RosterStatus.ACTIVE,
            current(learns),
            current(teaches),
        )
    )


def leaders(student_id: Any) -> Select[Any]:
    child, person = _child(), _person()
    return (
        select(PR.person_id)
        .join(child, child.school_id == PR.org_id)
        .join(person, person.id == PR.person_id)
        .where(
            child.id == student_id,
            child.status == StudentStatus.ACTIVE,
            person.status == RosterStatus.ACTIVE,
            PR.role.in_(rules.LEADER_ROLES),
            PR.status == RosterStatus.ACTIVE,
            in_force(PR.begins_on, PR.ends_on),
        )
    )


def restricted(contact: Any = K) -> ColumnElement[bool]:
    """Whether a court order restricts this contact today."""
    return exists().where(
        R.student_id == contact.student_id,
        R.contact_id == contact.contact_id,
        in_force(R.begins_on, R.ends_on),
    )


def contacts(student_id: Any) -> Select[Any]:
    """Contacts that have not ended; the law's word on each is still to be asked."""
    person = _person()
    return (
        select(K.contact_id)
        .join(person, person.id == K.contact_id)
        .where(
            K.student_id == student_id,
            K.ended_on.is_(None),
            person.status == RosterStatus.ACTIVE,
        )
    )


def guardians(student_id: Any) -> Select[Any]:
    return contacts(student_id).where(K.legal_guardian == LegalGuardian.YES, ~restricted())


def partners(student_id: Any) -> Select[Any]:
    return select(E.partner_id).where(E.student_id == student_id, E.stage.in_(LIVE_STAGES))


def districts(student_id: Any) -> Select[Any]:
    child = _child()
    return select(child.source).where(child.id == student_id)


def may_see(caller: Principal, student_id: Any, category: Category) -> ColumnElement[bool]:
    """The policy as a condition: of the child whose id is the column `student_id`, the caller
    may have this category. Says the same as `rules.decide`."""
    conditions = [
        condition
        for relation in rules.releases(caller.role, category)
        if (condition := _stands(relation, caller, student_id)) is not None
    ]
    return or_(false(), *conditions)


def visible(caller: Principal, student_id: Any = S.id) -> ColumnElement[bool]:
    """The caller may know of the child at all."""
    return may_see(caller, student_id, Category.IDENTITY)


def _stands(relation: Relation, caller: Principal, child: Any) -> ColumnElement[bool] | None:
    """None where the caller lacks the id that the relation is by."""
    partner, person = caller.partner_id, caller.person_id
    match relation:
        case Relation.DISTRICT:
            return _among(districts(child), partner)
        case Relation.PARTNER:
            return _among(partners(child), partner)
        case Relation.TEACHER:
            return _among(teachers(child), person)
        case Relation.SCHOOL_LEADER:
            return _among(leaders(child), person)
        case Relation.GUARDIAN:
            return _among(guardians(child), person)
        case Relation.SELF:
            return None if person is None else child == person


def _among(holders: Select[Any], id: UUID | None) -> ColumnElement[bool] | None:
    if id is None:
        return None
    [column] = holders.selected_columns
    return holders.where(column == id).exists()


def fact_columns() -> list[Any]:
    """Columns of a statement on `student`, for `facts_of`: the whole decision in one question."""
    contact = func.jsonb_build_array(K.contact_id, K.legal_guardian, restricted())
    told = contacts(S.id).with_only_columns(func.jsonb_agg(contact))
    return [
        S.id.label("child_id"),
        S.source.label("child_source"),
        func.array(teachers(S.id).scalar_subquery()).label("teachers"),
        func.array(leaders(S.id).scalar_subquery()).label("leaders"),
        func.array(partners(S.id).scalar_subquery()).label("partners"),
        told.scalar_subquery().label("contact_facts"),
    ]


def facts_of(row: Row[Any]) -> Facts:
    return Facts(
        student_id=row.child_id,
        sources=frozenset((row.child_source,)),
        teachers=frozenset(row.teachers),
        leaders=frozenset(row.leaders),
        partners=frozenset(row.partners),
        contacts=tuple(
            ContactFact(UUID(person_id), LegalGuardian(legal), held)
            for person_id, legal, held in row.contact_facts or ()
        ),
    )


async def facts(reader: Reading, student_id: UUID) -> Facts:
    """Raises `NotFound("student-unknown")`."""
    row = (await reader.execute(select(*fact_columns()).where(S.id == student_id))).one_or_none()
    if row is None:
        raise unknown("student")
    return facts_of(row)


async def decision(reader: Reading, caller: Principal, student_id: UUID) -> Decision:
    """Raises `NotFound("student-unknown")` for a child that the caller may not know of."""
    return decided(caller, await facts(reader, student_id))


def decided(caller: Principal, child: Facts) -> Decision:
    found = rules.decide(caller, child)
    if found is None:
        raise unknown("student")
    return found


async def visible_ids(reader: Reading, caller: Principal, ids: list[UUID]) -> list[UUID]:
    found = select(S.id).where(S.id.in_(ids), visible(caller)).limit(MOST_ASKED)
    return list((await reader.execute(found)).scalars())


def current_classes(student_id: Any) -> Select[Any]:
    """Ids of the classes the child is in today."""
    learns: Any = aliased(EnrollmentRow, name="attending")
    return (
        select(C.id)
        .join(learns, learns.class_id == C.id)
        .where(learns.person_id == student_id, learns.role == literal("student"), current(learns))
    )
