"""The words of a family, as the caller may know them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.consents_in_force import rules as in_force
from services.students.access.disclosures.queries import refusal
from services.students.access.policy.rules import Decision
from services.students.access.relations.rules import Facts
from services.students.consent.consents.records import ConsentRow
from services.students.consent.consents.rules import Terms
from services.students.consent.signers import queries as signers
from services.students.participation.programs.records import OfferingPartnerRow
from shared.contracts.students.access import Category, Relation
from shared.contracts.students.consent import Consent, ConsentStatus
from shared.core.refusals import Forbidden
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, row_for_change, unknown
from shared.security.principal import Principal

N: Any = ConsentRow  # columns, where mypy would see values
O: Any = OfferingPartnerRow  # noqa: E741
NOUN = "consent"
READING = frozenset({Relation.DISTRICT, Relation.GUARDIAN, Relation.SELF, Relation.PARTNER})
OF_THE_FAMILY = ("given_by", "recorded_by", "revoked_by")


async def reading(
    session: AsyncSession, caller: Principal, student_id: UUID
) -> tuple[Facts, Decision]:
    """Of a child whose consents the caller may read: the family with rights, the district, and
    partners what names them. Refuses as `access.decided`."""
    child, decision = await signers.known(session, caller, student_id, Category.IDENTITY)
    if decision.relation not in READING:
        raise unknown("student", keeping=refusal(caller, student_id, []))
    if decision.relation is Relation.SELF and not child.eligible:
        raise Forbidden(
            "student-not-eligible", "Until 18 consents are the parents' (34 CFR 99.5).",
            keeping=refusal(caller, student_id, []),
        )  # fmt: skip
    return child, decision


def of_child(caller: Principal, student_id: UUID, decision: Decision) -> ColumnElement[bool]:
    """A partner knows those that name it, or its kind."""
    kind = select(O.kind).where(O.partner_id == caller.partner_id).scalar_subquery()
    named = or_(N.partner_id == caller.partner_id, N.partner_kind == kind)
    own: ColumnElement[bool] = N.student_id == student_id
    return own & (named if decision.relation is Relation.PARTNER else true())


async def consents(
    session: AsyncSession, caller: Principal, student_id: UUID, paging: PageRequest,
    *, status: ConsentStatus | None, partner_id: UUID | None,
) -> tuple[Page[Consent], Decision]:  # fmt: skip
    child, decision = await reading(session, caller, student_id)
    filters = {N.status: status, N.partner_id: partner_id}
    found = select(*columns(Consent, N)).where(
        of_child(caller, student_id, decision),
        *(column == value for column, value in filters.items() if value is not None),
    )
    words = await page(session, found, Consent, paging, by=[N.decided_at, N.id], descending=True)
    items = await _told(session, caller, child, decision, words.items)
    return Page(items=items, next=words.next), decision


async def consent(
    session: AsyncSession, caller: Principal, student_id: UUID, consent_id: UUID
) -> tuple[Consent, Decision]:
    child, decision = await reading(session, caller, student_id)
    own = of_child(caller, student_id, decision)
    found = await many(
        session, select(*columns(Consent, N)).where(N.id == consent_id, own), Consent
    )
    if not found:
        raise unknown(NOUN)
    [told] = await _told(session, caller, child, decision, found)
    return told, decision


async def _told(
    reader: Reading, caller: Principal, child: Facts, decision: Decision, words: list[Consent]
) -> list[Consent]:
    """With whom it names and what holds at this moment; to a partner without who said it."""
    known = await partners_known(reader, [each.partner_id for each in words if each.partner_id])
    facts = {each.id: each for each in child.consents}
    partner = decision.relation is Relation.PARTNER
    hidden: dict[str, Any] = dict.fromkeys(OF_THE_FAMILY) if partner else {}
    return [
        word.model_copy(
            update=hidden
            | {
                "partner_name": getattr(known.get(word.partner_id), "name", None),
                "holding": in_force.holding(
                    child.consents, facts[word.id],
                    word.partner_id or (caller.partner_id if partner else None),
                    getattr(known.get(word.partner_id), "kind", word.partner_kind),
                    child.today, child.entitled,
                )
            }
        )
        for word in words
        if word.id in facts
    ]  # fmt: skip


async def partners_known(reader: Reading, partner_ids: Collection[UUID]) -> dict[UUID | None, Any]:
    """Of each its name and kind."""
    chosen = select(O.partner_id, O.name, O.kind).where(O.partner_id.in_(partner_ids))
    return {row.partner_id: row for row in await reader.execute(chosen)}


async def kind_of(reader: Reading, terms: Terms) -> str:
    """Of whom the words concern. Raises `NotFound("partner-unknown")`."""
    if terms.partner_id is None:
        return str(terms.partner_kind)
    known = await partners_known(reader, [terms.partner_id])
    if terms.partner_id not in known:
        raise unknown("partner")
    return str(known[terms.partner_id].kind)


async def consent_row(session: AsyncSession, student_id: UUID, consent_id: UUID) -> ConsentRow:
    """For change; whoever calls this may speak for the child."""
    return await row_for_change(session, ConsentRow, consent_id, NOUN, N.student_id == student_id)


async def last_word(session: AsyncSession, student_id: UUID) -> Any:
    """When the last one about the child was said."""
    found = select(func.max(N.decided_at)).where(N.student_id == student_id)
    return (await session.execute(found)).scalar_one()
