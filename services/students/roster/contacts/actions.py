"""Keeping contacts and court orders. A contact is part of the child's record: its version is the
child's, and what changes is announced of the child."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.roster.contacts import queries, rules
from services.students.roster.contacts.records import ContactRestrictionRow, StudentContactRow
from services.students.roster.people.records import PersonRow
from services.students.roster.people.rules import search_name
from services.students.roster.students import actions as students
from services.students.roster.students import queries as child_queries
from services.students.roster.students.records import StudentRow
from shared.contracts.students.access import Category
from shared.contracts.students.contact import (
    Contact,
    ContactChange,
    ContactDraft,
    RestrictionDraft,
    RestrictionEnd,
)
from shared.http.etags import ensure_version
from shared.persistence.queries import unknown
from shared.security.principal import Principal

OF_ADULT = {"given_name", "family_name", "language", "phone", "sms", "email"}
OF_NAME = {"given_name", "family_name"}


async def tell_contacts(
    session: AsyncSession, caller: Principal, student_id: UUID
) -> list[Contact]:
    """With the release written down."""
    contacts, decision = await queries.contacts(session, caller, student_id)
    disclosures.release(session, caller, student_id, decision, [Category.CONTACTS])
    return contacts


async def tell_contact(
    session: AsyncSession, caller: Principal, student_id: UUID, contact_id: UUID
) -> Contact:
    for contact in await tell_contacts(session, caller, student_id):
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

    contact_id = draft.contact_id or await _adult(session, student, draft)
    await session.merge(
        StudentContactRow(
            student_id=student_id, contact_id=contact_id, legal_recorded=True, ended_on=None,
            **draft.model_dump(exclude=OF_ADULT | {"contact_id"}),
        )
    )  # fmt: skip

    students.tell(session, student)
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
    students.rename(person, of_adult)
    _change_link(link, fields)

    # The adult's own telephone is the same for all of the adult's children.
    for id, child in children.items():
        if of_adult or id == student_id:
            students.tell(session, child)


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

    students.tell(session, student)


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

    students.tell(session, student)


async def end_restriction(
    session: AsyncSession, caller: Principal, student_id: UUID, contact_id: UUID,
    restriction_id: UUID, expected: int, wanted: RestrictionEnd,
) -> None:  # fmt: skip
    student = await child_queries.student_row(session, caller, student_id)
    ensure_version(student, expected)
    restriction = await queries.restriction_row(session, student_id, contact_id, restriction_id)

    rules.ensure_ends_in_order(restriction.begins_on, wanted.ends_on)

    restriction.ends_on = wanted.ends_on

    students.tell(session, student)


async def _adult(session: AsyncSession, student: StudentRow, draft: ContactDraft) -> UUID:
    known = draft.model_dump(include=OF_ADULT)
    names = search_name(known["family_name"], known["given_name"])
    person = PersonRow(source=student.source, search_name=names, **known)
    session.add(person)
    await session.flush()
    return person.id


def _change_link(link: StudentContactRow, fields: dict[str, Any]) -> None:
    link.sqlmodel_update(fields)
    if "legal_guardian" in fields:
        link.legal_recorded = True
