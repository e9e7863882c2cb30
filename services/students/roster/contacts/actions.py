"""Keeping contacts and court orders. A contact is part of the child's record: its version is the
child's, and each change is announced as a change of the child."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.same_child.queries import without_rights_elsewhere
from services.students.roster.contacts import queries, rules
from services.students.roster.contacts.records import (
    ContactRestrictionRow,
    StudentContactRow,
    student_contact,
)
from services.students.roster.people import actions as people
from services.students.roster.students import actions as students
from services.students.roster.students import queries as child_queries
from services.students.roster.students.records import StudentRow
from shared.contracts.students.access import Category
from shared.contracts.students.contact import (
    Contact,
    ContactChange,
    ContactDraft,
    LegalGuardian,
    RestrictionDraft,
    RestrictionEnd,
)
from shared.http.etags import ensure_version
from shared.persistence.queries import unknown
from shared.security.principal import Principal

OF_ADULT = {"given_name", "family_name", "language", "phone", "sms", "email", "do_not_publish"}
OF_NAME = {"given_name", "family_name"}
LINKS = (rules.LINKS, rules.NEW_LINKS, rules.CHANGED_LINKS)


async def disclose_contacts(
    session: AsyncSession, caller: Principal, student_id: UUID
) -> list[Contact]:
    """The child's contacts, after writing down the release."""
    contacts, decision = await queries.contacts(session, caller, student_id)
    disclosures.release(session, caller, student_id, decision, [Category.CONTACTS])
    return contacts


async def disclose_contact(
    session: AsyncSession, caller: Principal, student_id: UUID, contact_id: UUID
) -> Contact:
    for contact in await disclose_contacts(session, caller, student_id):
        if contact.id == contact_id:
            return contact
    raise unknown(queries.NOUN)


async def add(
    session: AsyncSession, caller: Principal, student_id: UUID, expected: int, draft: ContactDraft
) -> UUID:
    student = await child_queries.student_row(session, caller, student_id)
    ensure_version(student, expected)
    if draft.contact_id is not None:
        await queries.ensure_adult(session, caller, draft.contact_id)
        link = await queries.any_link_row(session, student_id, draft.contact_id)

        rules.ensure_not_linked(linked=link is not None and link.ended_on is None)

    adult = draft.model_dump(include=OF_ADULT)
    contact_id = draft.contact_id or (await people.add(session, student.source, adult)).id
    await session.merge(
        StudentContactRow(
            student_id=student_id, contact_id=contact_id, legal_recorded=True, ended_on=None,
            **draft.model_dump(exclude=OF_ADULT | {"contact_id"}),
        )
    )  # fmt: skip

    students.announce_child(session, student)
    return contact_id


async def change(
    session: AsyncSession, caller: Principal, student_id: UUID, contact_id: UUID, expected: int,
    wanted: ContactChange,
) -> None:  # fmt: skip
    children = await queries.children_rows(session, caller, student_id, contact_id)
    ensure_version(children[student_id], expected)
    link = await queries.link_row(session, student_id, contact_id)
    person = await child_queries.person_row(session, contact_id)

    fields = wanted.model_dump(exclude_unset=True)
    of_adult = {name: fields.pop(name) for name in OF_ADULT & set(fields)}
    people.change(person, of_adult)
    _change_link(link, fields)

    # The adult's own telephone is the same for all of the adult's children.
    for id, child in children.items():
        if of_adult or id == student_id:
            students.announce_child(session, child)


async def end(
    session: AsyncSession, caller: Principal, student_id: UUID, contact_id: UUID, expected: int,
    today: date,
) -> None:  # fmt: skip
    student = await child_queries.student_row(session, caller, student_id)
    ensure_version(student, expected)
    link = await queries.link_row(session, student_id, contact_id)

    # From now on kept by hand: the next roster does not bring the contact back.
    link.ended_on = today
    link.rostered = False

    students.announce_child(session, student)


async def restrict(
    session: AsyncSession, caller: Principal, student_id: UUID, contact_id: UUID, expected: int,
    draft: RestrictionDraft,
) -> None:  # fmt: skip
    student = await child_queries.student_row(session, caller, student_id)
    ensure_version(student, expected)
    await queries.link_row(session, student_id, contact_id)

    session.add(
        ContactRestrictionRow(student_id=student_id, contact_id=contact_id, **draft.model_dump())
    )

    students.announce_child(session, student)


async def end_restriction(
    session: AsyncSession, caller: Principal, student_id: UUID, contact_id: UUID,
    restriction_id: UUID, expected: int, wanted: RestrictionEnd,
) -> None:  # fmt: skip
    student = await child_queries.student_row(session, caller, student_id)
    ensure_version(student, expected)
    restriction = await queries.restriction_row(session, student_id, contact_id, restriction_id)

    rules.ensure_ends_in_order(restriction.begins_on, wanted.ends_on)

    restriction.ends_on = wanted.ends_on

    students.announce_child(session, student)


async def protect(session: AsyncSession, child: StudentRow, erased_id: UUID) -> None:
    """Write into this record of a child what another record, which is erased, says of its contacts:
    court orders, the adults without rights, and those whose details are kept from the others."""
    known = {"child": child.id, "erased": erased_id}
    without = (student_contact.student_id == child.id) & without_rights_elsewhere(student_contact)
    await session.execute(
        update(student_contact).where(without).values(
            legal_guardian=LegalGuardian.NO, legal_recorded=True
        )
    )  # fmt: skip
    for sql in (rules.PROTECTED_LINKS, rules.PROTECTED_ORDERS):
        await session.execute(text(sql), known)
    await people.keep_from_others(session, queries.unlisted_ids(child.id))

    students.announce_child(session, child)


async def merge(session: AsyncSession, source: dict[str, object]) -> None:
    """Staged contacts, once children are merged."""
    for sql in LINKS:
        await session.execute(text(sql), source)


def _change_link(link: StudentContactRow, fields: dict[str, Any]) -> None:
    link.sqlmodel_update(fields)
    if "legal_guardian" in fields:
        link.legal_recorded = True
