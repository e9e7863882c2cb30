"""The people and partners that have each relation to a child, written once.

Today is the database's: a relation that ends today ends for every list and every read at the same
moment.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from services.students.access.relations.rules import ELIGIBLE_YEARS, LEADER_ROLES
from services.students.participation.engagements.records import EngagementRow
from services.students.participation.programs.records import OfferingPartnerRow
from services.students.roster.classes.records import ClassRow
from services.students.roster.contacts.records import ContactRestrictionRow, StudentContactRow
from services.students.roster.enrollments.records import EnrollmentRow
from services.students.roster.people.records import PersonRoleRow, PersonRow
from services.students.roster.students.records import StudentRow
from shared.contracts.students.access import Relation
from shared.contracts.students.contact import LegalGuardian
from shared.contracts.students.engagement import LIVE_STAGES
from shared.contracts.students.school import RosterStatus
from shared.contracts.students.student import Grade, StudentStatus

# Under names of their own, so that no condition is mistaken for a part of the list it is on.
# columns, where mypy would see values
C: Any = aliased(ClassRow, name="lesson")
E: Any = aliased(EngagementRow, name="engaged")
K: Any = aliased(StudentContactRow, name="related")
PR: Any = aliased(PersonRoleRow, name="leading")
R: Any = aliased(ContactRestrictionRow, name="forbidden")
O: Any = OfferingPartnerRow  # noqa: E741
TODAY: ColumnElement[Any] = func.current_date()


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
            PR.role.in_(LEADER_ROLES),
            PR.status == RosterStatus.ACTIVE,
            in_force(PR.begins_on, PR.ends_on),
        )
    )


def children_near(relation: Relation, person_id: UUID) -> Select[Any]:
    """From the person's side: no fewer children than it has this relation to, and hardly more."""
    child = _child()
    match relation:
        case Relation.TEACHER:
            learns: Any = aliased(EnrollmentRow, name="learning")
            teaches: Any = aliased(EnrollmentRow, name="teaching")
            of_class = select(learns.person_id).join(teaches, teaches.class_id == learns.class_id)
            return of_class.where(teaches.person_id == person_id, teaches.role == "teacher")
        case Relation.SCHOOL_LEADER:
            of_school = select(child.id).join(PR, PR.org_id == child.school_id)
            return of_school.where(PR.person_id == person_id)
        case Relation.GUARDIAN:
            return select(K.student_id).where(K.contact_id == person_id)
        case Relation.SELF:
            return select(child.id).where(child.id == person_id)
        case _:
            raise AssertionError(f"no relation of a person: {relation}")


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


def children_of_partner(partner_id: UUID) -> Select[Any]:
    return select(E.student_id).where(E.partner_id == partner_id, E.stage.in_(LIVE_STAGES))


def districts(student_id: Any) -> Select[Any]:
    child = _child()
    return select(child.source).where(child.id == student_id)


def eligible(child: Any) -> ColumnElement[bool]:
    """The rights have moved to the student (34 CFR 99.5): says the same as `Facts.eligible`."""
    of_age = child.birth_date + literal_column(f"interval '{ELIGIBLE_YEARS} years'") <= TODAY
    return func.coalesce(or_(child.grade == Grade.POSTSECONDARY, of_age), False)


def of_age(student_id: Any) -> ColumnElement[bool]:
    child = _child()
    return exists().where(child.id == student_id, eligible(child))


def of_district(student_id: Any, partner_id: UUID | None) -> ColumnElement[bool]:
    """The child's record is kept by this partner, or by the district above this school."""
    child = _child()
    above = select(O.parent_id).where(O.partner_id == partner_id).scalar_subquery()
    own = or_(child.source == partner_id, child.source == above)
    return exists().where(child.id == student_id, own)
