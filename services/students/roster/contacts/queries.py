"""The contacts of a child, as far as the caller may have them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.students.access.facts.queries import fact_columns, facts_of, viewing
from services.students.access.policy import queries as access
from services.students.access.policy import rules as policy
from services.students.access.policy.rules import Decision
from services.students.access.relations.queries import restricted
from services.students.access.relations.rules import ContactFact
from services.students.roster.contacts.records import ContactRestrictionRow, StudentContactRow
from services.students.roster.people.records import PersonRow
from services.students.roster.students.records import StudentRow
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

S: Any = StudentRow  # columns, where mypy would see values
P: Any = aliased(PersonRow, name="contact")
K: Any = aliased(StudentContactRow, name="link")
R: Any = ContactRestrictionRow
L: Any = StudentContactRow
NOUN = "contact"
DETAILS = ("language", "phone", "sms", "email")


def told() -> Any:
    """The contacts of `student` as one JSON array, for `released`."""
    orders = (
        select(*columns(Restriction, R))
        .where(R.student_id == K.student_id, R.contact_id == K.contact_id)
        .correlate(K)
    )
    return json_rows(
        select(
            P.id, P.given_name, P.family_name, P.language, P.phone, P.sms, P.email,
            K.relation, K.legal_guardian, K.lives_with, K.may_pick_up, K.emergency, K.ended_on,
            restricted(K).label("restricted"),
            json_rows(orders).label("restrictions"),
        )
        .join(K, K.contact_id == P.id)
        .where(K.student_id == S.id, K.ended_on.is_(None), P.status == RosterStatus.ACTIVE)
        .correlate(S)
    )  # fmt: skip


def released(student_id: UUID, version: int, rows: Any, decision: Decision) -> list[Contact]:
    """The contacts that are listed for this viewer, each with or without its details."""
    scope = decision.contact_scope
    known = [(row, _fact(row)) for row in rows]
    listed = [(row, fact) for row, fact in known if policy.listed(scope, fact)]
    contacts = [
        _contact(student_id, version, row, shown=policy.details_shown(scope, fact))
        for row, fact in listed
    ]
    return sorted(contacts, key=lambda contact: contact.id)


def _fact(row: Any) -> ContactFact:
    return ContactFact(UUID(row["id"]), LegalGuardian(row["legal_guardian"]), row["restricted"])


def _contact(student_id: UUID, version: int, row: Any, *, shown: bool) -> Contact:
    hidden: dict[str, Any] = {} if shown else {**dict.fromkeys(DETAILS), "restrictions": []}
    own = {"student_id": student_id, "version": version, "details_withheld": not shown}
    return Contact.model_validate(row | hidden | own)


def whole() -> Select[Any]:
    return select(S.version, told().label("contacts"), *fact_columns())


WHOLE = rendered(whole().where(S.id == bindparam("student_id")))


async def contacts(
    reader: Reading, caller: Principal, student_id: UUID
) -> tuple[list[Contact], Decision]:
    """Refuses as `access.decided`."""
    row = (await reader.execute(WHOLE, viewing(caller, student_id))).one_or_none()
    child = None if row is None else facts_of(row)
    decision = access.decided(caller, student_id, child, Category.CONTACTS)
    told: Any = row
    return released(student_id, told.version, told.contacts, decision), decision


async def link_row(session: AsyncSession, student_id: UUID, contact_id: UUID) -> StudentContactRow:
    """For change, under the child's lock."""
    row = await any_link_row(session, student_id, contact_id)
    if row is None or row.ended_on is not None:
        raise unknown(NOUN)
    return row


async def any_link_row(
    session: AsyncSession, student_id: UUID, contact_id: UUID
) -> StudentContactRow | None:
    """Also one that has ended."""
    found = select(L).where(L.student_id == student_id, L.contact_id == contact_id)
    row: StudentContactRow | None = (await session.execute(found)).scalar_one_or_none()
    return row


async def children_rows(
    session: AsyncSession, caller: Principal, student_id: UUID, contact_id: UUID
) -> dict[UUID, StudentRow]:
    """All children of this contact that the caller's district keeps, for change, locked in one
    order: what changes of the adult changes for each of them."""
    theirs = select(K.student_id).where(K.contact_id == contact_id, K.ended_on.is_(None))
    own = S.source == caller.partner_id
    rows = {row.id: row for row in await all_rows(session, S, own, S.id.in_(theirs))}
    if student_id not in rows:
        raise unknown(NOUN)
    return rows


async def ensure_adult(session: AsyncSession, caller: Principal, contact_id: UUID) -> None:
    """Raises `NotFound("contact-unknown")` for who is no adult of the caller's district."""
    child = select(S.id).where(S.id == PersonRow.id).correlate(PersonRow).exists()
    await row_for_change(
        session, PersonRow, contact_id, NOUN, PersonRow.source == caller.partner_id, ~child
    )


async def restriction_row(
    session: AsyncSession, student_id: UUID, contact_id: UUID, restriction_id: UUID
) -> ContactRestrictionRow:
    row: ContactRestrictionRow = await row_for_change(
        session, R, restriction_id, "restriction",
        R.student_id == student_id, R.contact_id == contact_id,
    )  # fmt: skip
    return row
