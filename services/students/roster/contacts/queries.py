"""The contacts of a child, as far as the caller may have them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.students.access.facts.queries import fact_columns, facts_of, viewing
from services.students.access.policy import queries as access
from services.students.access.policy import rules as policy
from services.students.access.policy.rules import Decision
from services.students.access.relations.queries import restricted
from services.students.access.relations.rules import ContactFact
from services.students.access.same_child.queries import orders_elsewhere, unlisted_elsewhere
from services.students.roster.contacts.records import (
    ContactRestrictionRow,
    StudentContactRow,
    contact_restriction,
    student_contact,
)
from services.students.roster.people.records import PersonRow, person
from services.students.roster.students.records import StudentRow, student
from shared.contracts.students.access import Category
from shared.contracts.students.contact import Contact, LegalGuardian, Restriction
from shared.contracts.students.school import RosterStatus
from shared.persistence.database import Reading
from shared.persistence.queries import (
    all_rows,
    columns,
    json_rows,
    rendered,
    row_for_change,
    unknown,
)
from shared.security.principal import Principal

contact: Any = aliased(person, name="contact")
link: Any = aliased(student_contact, name="link")
NOUN = "contact"
DETAILS = ("language", "phone", "sms", "email", "do_not_publish")


def told() -> Any:
    """The contacts of `student` as one JSON array, for `released`."""
    orders = (
        select(*columns(Restriction, ContactRestrictionRow))
        .where(
            or_(
                and_(
                    contact_restriction.student_id == link.student_id,
                    contact_restriction.contact_id == link.contact_id,
                ),
                contact_restriction.id.in_(orders_elsewhere(link)),
            )
        )
        .correlate(link)
    )
    return json_rows(
        select(
            contact.id, contact.given_name, contact.family_name, contact.language, contact.phone,
            contact.sms, contact.email,
            link.relation, link.legal_guardian, link.lives_with, link.may_pick_up, link.emergency,
            link.ended_on,
            restricted(link).label("restricted"),
            or_(contact.do_not_publish, unlisted_elsewhere(link)).label("do_not_publish"),
            json_rows(orders).label("restrictions"),
        )
        .join(link, link.contact_id == contact.id)
        .where(
            link.student_id == student.id, link.ended_on.is_(None),
            contact.status == RosterStatus.ACTIVE,
        )
        .correlate(student)
    )  # fmt: skip


def released(student_id: UUID, version: int, rows: Any, decision: Decision) -> list[Contact]:
    """The contacts that are listed for this viewer, each with or without its details."""
    scope = decision.contact_scope
    known = [(row, _fact(row)) for row in rows]
    contacts = [
        _contact(student_id, version, row, shown=_shown(decision, fact, row))
        for row, fact in known
        if policy.listed(scope, fact)
    ]
    return sorted(contacts, key=lambda contact: contact.id)


def _fact(row: Any) -> ContactFact:
    return ContactFact(UUID(row["id"]), LegalGuardian(row["legal_guardian"]), row["restricted"])


def _shown(decision: Decision, fact: ContactFact, row: Any) -> bool:
    may = policy.published(decision, fact.person_id, do_not_publish=row["do_not_publish"])
    return may and policy.details_shown(decision.contact_scope, fact)


def _contact(student_id: UUID, version: int, row: Any, *, shown: bool) -> Contact:
    hidden: dict[str, Any] = {} if shown else {**dict.fromkeys(DETAILS), "restrictions": []}
    own = {"student_id": student_id, "version": version, "details_withheld": not shown}
    return Contact.model_validate(row | hidden | own)


def whole() -> Select[Any]:
    return select(student.version, told().label("contacts"), *fact_columns())


WHOLE = rendered(whole().where(student.id == bindparam("student_id")))


async def contacts(
    reader: Reading, caller: Principal, student_id: UUID
) -> tuple[list[Contact], Decision]:
    """The child's contacts, and the decision on the child. Refuses as `access.decided`."""
    row = (await reader.execute(WHOLE, viewing(caller, student_id))).one_or_none()
    child = None if row is None else facts_of(row)
    decision = access.decided(caller, student_id, child, Category.CONTACTS)
    told: Any = row
    return released(student_id, told.version, told.contacts, decision), decision


def unlisted_ids(student_id: UUID) -> Select[Any]:
    """The child's contacts whose details another record of the child keeps from the others."""
    return select(link.contact_id).where(link.student_id == student_id, unlisted_elsewhere(link))


async def link_row(session: AsyncSession, student_id: UUID, contact_id: UUID) -> StudentContactRow:
    """For change, under the child's lock."""
    row = await any_link_row(session, student_id, contact_id)
    if row is None or row.ended_on is not None:
        raise unknown(NOUN)
    return row


async def any_link_row(
    session: AsyncSession, student_id: UUID, contact_id: UUID
) -> StudentContactRow | None:
    """The relation of this contact to the child, also one that has ended; None without one."""
    found = select(StudentContactRow).where(
        student_contact.student_id == student_id, student_contact.contact_id == contact_id
    )
    row: StudentContactRow | None = (await session.execute(found)).scalar_one_or_none()
    return row


async def children_rows(
    session: AsyncSession, caller: Principal, student_id: UUID, contact_id: UUID
) -> dict[UUID, StudentRow]:
    """The children of this contact whose records the caller's district keeps, for change, locked in
    one order: a change of the adult changes each of them."""
    theirs = select(link.student_id).where(link.contact_id == contact_id, link.ended_on.is_(None))
    own = student.source == caller.partner_id
    rows = {
        row.id: row for row in await all_rows(session, StudentRow, own, student.id.in_(theirs))
    }
    if student_id not in rows:
        raise unknown(NOUN)
    return rows


async def ensure_adult(session: AsyncSession, caller: Principal, contact_id: UUID) -> None:
    """Raises `NotFound("contact-unknown")` where the id names no adult of the caller's district."""
    child = select(student.id).where(student.id == person.id).correlate(person).exists()
    await row_for_change(
        session, PersonRow, contact_id, NOUN, person.source == caller.partner_id, ~child
    )


async def restriction_row(
    session: AsyncSession, student_id: UUID, contact_id: UUID, restriction_id: UUID
) -> ContactRestrictionRow:
    return await row_for_change(
        session, ContactRestrictionRow, restriction_id, "restriction",
        contact_restriction.student_id == student_id, contact_restriction.contact_id == contact_id,
    )  # fmt: skip
