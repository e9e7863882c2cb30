"""What protects a child in one of its records, as a condition on another.

Two records are of one child once the district decided so, and until it decides where they look
alike (`roster/possible_duplicates`). Each of them then counts what protects the child in the
other. What opens something counts in its own record alone.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from services.students.access.same_child.rules import folded, protecting
from services.students.consent.directory_information.records import directory_choice
from services.students.roster.contacts.records import contact_restriction, student_contact
from services.students.roster.people.records import person
from services.students.roster.possible_duplicates.records import possible_duplicate
from services.students.roster.students.records import student
from shared.contracts.students.contact import LegalGuardian
from shared.contracts.students.student import StudentStatus
from shared.persistence.queries import in_force

alike: Any = aliased(possible_duplicate, name="alike")
elsewhere: Any = aliased(student_contact, name="elsewhere")
known_there: Any = aliased(student_contact, name="known_there")
ordered: Any = aliased(contact_restriction, name="ordered")
adult_there: Any = aliased(person, name="adult_there")
adult_here: Any = aliased(person, name="adult_here")
other_record: Any = aliased(student, name="other_record")
said_in: Any = aliased(directory_choice, name="said_in")
said_out: Any = aliased(directory_choice, name="said_out")


def other_records(student_id: Any) -> Select[Any]:
    """The ids of the other records that are, or may be, of the same child."""
    other = case((alike.student_id == student_id, alike.earlier_id), else_=alike.student_id)
    return select(other.label("id")).where(
        or_(alike.student_id == student_id, alike.earlier_id == student_id),
        literal_column(protecting("alike"), Boolean),
    )


def every_record(student_id: UUID) -> Any:
    """The ids of the child's records: this one and the others."""
    return select(literal(student_id).label("id")).union_all(other_records(student_id))


def barred_elsewhere(here: Any) -> ColumnElement[bool]:
    """The condition that another record of the child bars the adult of this contact today."""
    return _adult_elsewhere(here, or_(_order(), _without_rights(here)))


def without_rights_elsewhere(here: Any) -> ColumnElement[bool]:
    """The condition that the district recorded in another record of the child that this adult has
    no rights, or ended the contact there by hand. What somebody recorded by hand in this record
    counts instead."""
    return _adult_elsewhere(here, _without_rights(here))


def _order() -> ColumnElement[bool]:
    return exists().where(
        ordered.student_id == elsewhere.student_id,
        ordered.contact_id == elsewhere.contact_id,
        in_force(ordered.begins_on, ordered.ends_on),
    )


def _without_rights(here: Any) -> ColumnElement[bool]:
    recorded = and_(elsewhere.legal_recorded, elsewhere.legal_guardian == LegalGuardian.NO)
    ended_by_hand = and_(elsewhere.ended_on.is_not(None), not_(elsewhere.rostered))
    return and_(not_(here.legal_recorded), or_(recorded, ended_by_hand))


def orders_elsewhere(here: Any) -> Select[Any]:
    """The ids of the court orders against the adult of this contact in other records of the
    child."""
    against = and_(
        ordered.student_id == elsewhere.student_id, ordered.contact_id == elsewhere.contact_id
    )
    return _elsewhere(here).join(ordered, against).with_only_columns(ordered.id)


def unlisted_elsewhere(here: Any) -> ColumnElement[bool]:
    """The condition that another record of the child keeps the details of this adult from its
    other contacts."""
    return _adult_elsewhere(here, adult_there.do_not_publish)


def _adult_elsewhere(here: Any, also: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that the adult of the contact `here` is a contact in another record of the
    child, where `also` holds."""
    return _elsewhere(here).where(also).exists()


def _elsewhere(here: Any) -> Select[Any]:
    """The contacts `elsewhere`, in other records of the child, that are the adult of the contact
    `here`: the same person; or somebody of the same name or e-mail, unless the other record has
    this very person too, and so speaks of it by itself."""
    there = other_records(here.student_id).correlate(here).lateral("there")
    found = (
        select(elsewhere.contact_id)
        .join(there, there.c.id == elsewhere.student_id)
        .join(adult_there, adult_there.id == elsewhere.contact_id)
        .join(adult_here, adult_here.id == here.contact_id)
        .where(or_(adult_there.id == adult_here.id, _looks_alike()))
    )
    return found.correlate(here)


def _looks_alike() -> ColumnElement[bool]:
    told_apart = exists().where(
        known_there.student_id == elsewhere.student_id, known_there.contact_id == adult_here.id
    )
    same_name = and_(*(_same(column) for column in ("family_name", "given_name")))
    same_email = func.lower(adult_there.email) == func.lower(adult_here.email)
    return and_(or_(same_name, same_email), not_(told_apart))


def _same(column: str) -> ColumnElement[bool]:
    there, here = (folded(f"{alias}.{column}") for alias in ("adult_there", "adult_here"))
    return literal_column(there) == literal_column(here)


def here_elsewhere(child: Any) -> ColumnElement[bool]:
    """The condition that the child is at a school by another of its records."""
    there = other_records(child.id).correlate(child).lateral("others")
    active = (
        select(other_record.id)
        .join(there, there.c.id == other_record.id)
        .where(other_record.status == StudentStatus.ACTIVE)
    )
    return active.correlate(child).exists()


def opted_out(child: Any) -> ColumnElement[bool]:
    """The condition that the family opted out of directory information, in this record or in
    another one of the child; in that one not before it opted in here."""
    last_out = (
        select(func.max(said_out.said_at))
        .where(said_out.student_id == other_record.id, said_out.opted_out)
        .correlate(other_record)
        .scalar_subquery()
    )
    back_in = select(said_in.id).where(
        said_in.student_id == child.id, not_(said_in.opted_out), said_in.said_at > last_out
    )
    since = back_in.correlate(child, other_record).exists()
    there = other_records(child.id).correlate(child).lateral("others")
    out = (
        select(other_record.id)
        .join(there, there.c.id == other_record.id)
        .where(other_record.directory_opt_out, not_(since))
    )
    return or_(child.directory_opt_out, out.correlate(child).exists())
