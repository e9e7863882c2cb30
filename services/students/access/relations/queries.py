"""The people and partners that have each relation to a child, written once.

Today is the database's: a relation that ends today ends for every list and every read at the same
moment.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from services.students.access.relations.rules import ELIGIBLE_YEARS, LEADER_ROLES
from services.students.access.same_child.queries import barred_elsewhere
from services.students.participation.engagements.records import engagement
from services.students.participation.programs.records import offering_partner
from services.students.referrals.referrals.records import referral
from services.students.roster.classes.records import school_class
from services.students.roster.contacts.records import contact_restriction, student_contact
from services.students.roster.enrollments.records import enrollment
from services.students.roster.people.records import person, person_role
from services.students.roster.schools.records import org
from services.students.roster.students.records import student
from shared.contracts.grade import Grade
from shared.contracts.students.access import Relation
from shared.contracts.students.contact import LegalGuardian
from shared.contracts.students.engagement import LIVE_STAGES
from shared.contracts.students.referral import LIVE_STATES, ReferralState
from shared.contracts.students.school import ABOVE_SCHOOLS, RosterStatus
from shared.contracts.students.student import StudentStatus
from shared.persistence.queries import TODAY, in_force

# Aliases of their own, so that no condition takes a table of the surrounding list for its own.
lesson: Any = aliased(school_class, name="lesson")
engaged: Any = aliased(engagement, name="engaged")
related: Any = aliased(student_contact, name="related")
leading: Any = aliased(person_role, name="leading")
attending: Any = aliased(person_role, name="attending")
held: Any = aliased(person_role, name="held_role")
place: Any = aliased(org, name="place")
forbidden: Any = aliased(contact_restriction, name="forbidden")


def _child() -> Any:
    return aliased(student, name="child")


def _adult() -> Any:
    return aliased(person, name="adult")


def current(enrollment: Any, of_class: Any = lesson, day: Any = TODAY) -> ColumnElement[bool]:
    """The condition of an enrollment of that day, in a class that has not ended, of a person who is
    at the class's school that day."""
    begins_on = func.coalesce(enrollment.begins_on, of_class.begins_on)
    ends_on = func.coalesce(enrollment.ends_on, of_class.ends_on)
    return and_(
        enrollment.status == RosterStatus.ACTIVE,
        of_class.status == RosterStatus.ACTIVE,
        in_force(begins_on, ends_on, day),
        _at_school(enrollment, of_class, day),
    )


def _at_school(enrollment: Any, of_class: Any, day: Any) -> ColumnElement[bool]:
    """The condition that the person's role at the class's school is in force that day. Where the
    roster tells of no such role, the enrollment alone counts."""
    now = and_(held.status == RosterStatus.ACTIVE, in_force(held.begins_on, held.ends_on, day))
    told = select(func.bool_or(now)).where(
        held.person_id == enrollment.person_id,
        held.org_id == of_class.school_id,
        held.role == enrollment.role,
    )
    return func.coalesce(told.correlate(enrollment, of_class).scalar_subquery(), True)


def attendances(*which: Any, day: Any = TODAY) -> Select[Any]:
    """The schools of children on that day: `attending.person_id` and `attending.org_id`. A child may
    be at several. Districts and other organizations above schools are none."""
    return (
        select(attending.org_id)
        .join(place, place.id == attending.org_id)
        .where(
            attending.role == "student",
            attending.status == RosterStatus.ACTIVE,
            in_force(attending.begins_on, attending.ends_on, day),
            place.type.not_in(ABOVE_SCHOOLS),
            *which,
        )
    )


def schools(student_id: Any) -> Select[Any]:
    """The schools that the child attends today."""
    return attendances(attending.person_id == student_id)


def attends(student_id: Any, school_id: Any, day: Any = TODAY) -> ColumnElement[bool]:
    """The condition that the child attends the school on that day."""
    return attendances(
        attending.person_id == student_id, attending.org_id == school_id, day=day
    ).exists()


def teachers(student_id: Any) -> Select[Any]:
    child, adult = _child(), _adult()
    learns: Any = aliased(enrollment, name="learning")
    teaches: Any = aliased(enrollment, name="teaching")
    return (
        select(teaches.person_id)
        .join(lesson, lesson.id == teaches.class_id)
        .join(learns, learns.class_id == lesson.id)
        .join(child, child.id == learns.person_id)
        .join(adult, adult.id == teaches.person_id)
        .where(
            learns.person_id == student_id,
            learns.role == "student",
            teaches.role == "teacher",
            child.status == StudentStatus.ACTIVE,
            adult.status == RosterStatus.ACTIVE,
            current(learns),
            current(teaches),
        )
    )


def leaders(student_id: Any) -> Select[Any]:
    """The leaders of the schools that the child attends today."""
    child, adult = _child(), _adult()
    return (
        attendances(attending.person_id == student_id)
        .join(leading, leading.org_id == attending.org_id)
        .join(child, child.id == attending.person_id)
        .join(adult, adult.id == leading.person_id)
        .where(
            child.status == StudentStatus.ACTIVE,
            adult.status == RosterStatus.ACTIVE,
            leading.role.in_(LEADER_ROLES),
            leading.status == RosterStatus.ACTIVE,
            in_force(leading.begins_on, leading.ends_on),
        )
        .with_only_columns(leading.person_id)
    )


def children_near(relation: Relation, person_id: UUID) -> Select[Any]:
    """The children found from the person's side: every child to whom it has this relation, and few
    others."""
    child = _child()
    match relation:
        case Relation.TEACHER:
            learns: Any = aliased(enrollment, name="learning")
            teaches: Any = aliased(enrollment, name="teaching")
            of_class = select(learns.person_id).join(teaches, teaches.class_id == learns.class_id)
            return of_class.where(teaches.person_id == person_id, teaches.role == "teacher")
        case Relation.SCHOOL_LEADER:
            of_school = attendances(leading.person_id == person_id)
            of_school = of_school.join(leading, leading.org_id == attending.org_id)
            return of_school.with_only_columns(attending.person_id)
        case Relation.GUARDIAN:
            return select(related.student_id).where(related.contact_id == person_id)
        case Relation.SELF:
            return select(child.id).where(child.id == person_id)
        case _:
            raise AssertionError(f"no relation of a person: {relation}")


def restricted(contact: Any = related) -> ColumnElement[bool]:
    """The condition that a court order restricts this contact today, or that another record of the
    same child bars it."""
    return or_(ordered(contact), barred_elsewhere(contact))


def ordered(contact: Any = related) -> ColumnElement[bool]:
    """The condition that a court order in this record restricts the contact today."""
    return exists().where(
        forbidden.student_id == contact.student_id,
        forbidden.contact_id == contact.contact_id,
        in_force(forbidden.begins_on, forbidden.ends_on),
    )


def contacts(student_id: Any) -> Select[Any]:
    """The contacts that have not ended, whether or not they have rights."""
    adult = _adult()
    return (
        select(related.contact_id)
        .join(adult, adult.id == related.contact_id)
        .where(
            related.student_id == student_id,
            related.ended_on.is_(None),
            adult.status == RosterStatus.ACTIVE,
        )
    )


def guardians(student_id: Any) -> Select[Any]:
    return contacts(student_id).where(
        related.legal_guardian == LegalGuardian.YES, ~ordered(), ~barred_elsewhere(related)
    )


def keeping_partners(student_id: Any) -> Select[Any]:
    """The partners that have a live engagement of the child as their own record."""
    return select(engaged.partner_id).where(
        engaged.student_id == student_id, engaged.stage.in_(LIVE_STAGES), engaged.own_record
    )


def children_of_partner(partner_id: UUID) -> Select[Any]:
    """The children of whom the partner has a live engagement as its own record."""
    return select(engaged.student_id).where(
        engaged.partner_id == partner_id, engaged.stage.in_(LIVE_STAGES), engaged.own_record
    )


def under_way(asked: Any = referral) -> ColumnElement[bool]:
    """The condition of a referral that its partner may read, on a ground."""
    return and_(
        asked.state.in_(LIVE_STATES),
        or_(asked.state != ReferralState.SENT, asked.expires_on >= TODAY),
    )


def districts(student_id: Any) -> Select[Any]:
    child = _child()
    return select(child.source).where(child.id == student_id)


def eligible(child: Any) -> ColumnElement[bool]:
    """The condition that the rights have passed to the student (34 CFR 99.5); equal to
    `Facts.eligible`."""
    of_age = comes_of_age(child) <= TODAY
    return func.coalesce(or_(child.grade == Grade.POSTSECONDARY, of_age), False)


def comes_of_age(child: Any) -> ColumnElement[Any]:
    """The 18th birthday; equal to `rules.comes_of_age`."""
    return child.birth_date + literal_column(f"interval '{ELIGIBLE_YEARS} years'")  # type: ignore[no-any-return]


def of_age(student_id: Any) -> ColumnElement[bool]:
    child = _child()
    return exists().where(child.id == student_id, eligible(child))


def of_district(student_id: Any, partner_id: UUID | None) -> ColumnElement[bool]:
    """The condition that this partner keeps the child's record, or the district above this school
    does."""
    child = _child()
    return exists().where(child.id == student_id, kept_by(child.source, partner_id))


def kept_by(source: Any, partner_id: UUID | None) -> ColumnElement[bool]:
    """The condition that this roster is the partner's own, or that of the district above this
    school."""
    above = (
        select(offering_partner.parent_id)
        .where(offering_partner.partner_id == partner_id)
        .scalar_subquery()
    )
    return or_(source == partner_id, source == above)


def leads(school_id: Any, person_id: UUID | None, partner_id: UUID | None) -> ColumnElement[bool]:
    """The condition that the person leads this school today, under a membership of the district that
    keeps its roster, or of a school below it."""
    adult = _adult()
    return exists().where(
        leading.org_id == school_id,
        leading.person_id == person_id,
        leading.role.in_(LEADER_ROLES),
        leading.status == RosterStatus.ACTIVE,
        in_force(leading.begins_on, leading.ends_on),
        kept_by(leading.source, partner_id),
        adult.id == leading.person_id,
        adult.status == RosterStatus.ACTIVE,
    )
