"""A family's consents and refusals, as the caller may see them."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.consents_in_force import rules as in_force
from services.students.access.disclosures.queries import names, refusal
from services.students.access.policy.rules import Decision
from services.students.access.relations.rules import Facts
from services.students.access.same_child.queries import every_record
from services.students.consent.consents.records import ConsentRow, consent
from services.students.consent.consents.rules import Terms
from services.students.consent.signers import queries as signers
from services.students.participation.programs.records import offering_partner
from shared.contracts.students.access import Category, Relation
from shared.contracts.students.consent import Consent, ConsentStatus
from shared.core.refusals import Forbidden
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import all_rows, columns, many, row_for_change, unknown
from shared.security.principal import Principal

NOUN = "consent"
READING = frozenset({Relation.DISTRICT, Relation.GUARDIAN, Relation.SELF, Relation.PARTNER})
OF_THE_FAMILY = ("given_by", "recorded_by", "revoked_by")


async def reading(
    session: AsyncSession, caller: Principal, student_id: UUID
) -> tuple[Facts, Decision]:
    """The child and the decision on it, for a caller who may read its consents: the family with
    rights, the district, and a partner for those that name it. Refuses as `access.decided`."""
    child, decision = await signers.known(session, caller, student_id, Category.IDENTITY)
    if decision.relation not in READING:
        raise unknown("student", keeping=refusal(caller, student_id, []))
    if decision.relation is Relation.SELF and not child.eligible:
        raise Forbidden(
            "student-not-eligible", "Until the age of 18 the parents decide (34 CFR 99.5).",
            keeping=refusal(caller, student_id, []),
        )  # fmt: skip
    return child, decision


def of_child(caller: Principal, student_id: UUID, decision: Decision) -> ColumnElement[bool]:
    """The condition of the child's consents that the caller may see: a partner those that name it or
    its kind, others all."""
    kind = (
        select(offering_partner.kind)
        .where(offering_partner.partner_id == caller.partner_id)
        .scalar_subquery()
    )
    named = or_(consent.partner_id == caller.partner_id, consent.partner_kind == kind)
    own: ColumnElement[bool] = consent.student_id == student_id
    return own & (named if decision.relation is Relation.PARTNER else true())


async def consents(
    session: AsyncSession, caller: Principal, student_id: UUID, paging: PageRequest,
    *, status: ConsentStatus | None, partner_id: UUID | None,
) -> tuple[Page[Consent], Decision]:  # fmt: skip
    child, decision = await reading(session, caller, student_id)
    filters = {consent.status: status, consent.partner_id: partner_id}
    found = select(*columns(Consent, ConsentRow)).where(
        of_child(caller, student_id, decision),
        *(column == value for column, value in filters.items() if value is not None),
    )
    words = await page(
        session, found, Consent, paging, by=[consent.decided_at, consent.id], descending=True
    )
    items = await _told(session, caller, child, decision, words.items)
    return Page(items=items, next=words.next), decision


async def one_consent(
    session: AsyncSession, caller: Principal, student_id: UUID, consent_id: UUID
) -> tuple[Consent, Decision]:
    child, decision = await reading(session, caller, student_id)
    own = of_child(caller, student_id, decision)
    found = await many(
        session,
        select(*columns(Consent, ConsentRow)).where(consent.id == consent_id, own),
        Consent,
    )
    if not found:
        raise unknown(NOUN)
    [told] = await _told(session, caller, child, decision, found)
    return told, decision


async def _told(
    reader: Reading, caller: Principal, child: Facts, decision: Decision, words: list[Consent]
) -> list[Consent]:
    """Each consent with the names of its child and its partner, and the categories that hold at this
    moment. For a partner the people who decided are null."""
    named = await names(reader, [child.student_id])
    known = await partners_known(reader, [each.partner_id for each in words if each.partner_id])
    facts = {each.id: each for each in child.consents}
    partner = decision.relation is Relation.PARTNER
    hidden: dict[str, Any] = dict.fromkeys(OF_THE_FAMILY) if partner else {}
    return [
        word.model_copy(
            update=hidden
            | {
                "student_name": named.get(child.student_id),
                "partner_name": getattr(known.get(word.partner_id), "name", None),
                "holding": in_force.holding(
                    child.standing, facts[word.id],
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
    """The name and the kind of each partner, by its id."""
    chosen = select(
        offering_partner.partner_id, offering_partner.name, offering_partner.kind
    ).where(offering_partner.partner_id.in_(partner_ids))
    return {row.partner_id: row for row in await reader.execute(chosen)}


async def kind_of(reader: Reading, terms: Terms) -> str:
    """The kind of the partner that the terms name, or the kind itself. Raises
    `NotFound("partner-unknown")`."""
    if terms.partner_id is None:
        return str(terms.partner_kind)
    known = await partners_known(reader, [terms.partner_id])
    if terms.partner_id not in known:
        raise unknown("partner")
    return str(known[terms.partner_id].kind)


async def consent_row(session: AsyncSession, student_id: UUID, consent_id: UUID) -> ConsentRow:
    """For change. The caller has checked that the signer may consent for the child."""
    return await row_for_change(
        session, ConsentRow, consent_id, NOUN, consent.student_id == student_id
    )


async def refusal_rows(session: AsyncSession, student_id: UUID) -> Sequence[ConsentRow]:
    """The child's refusals and revocations, for change."""
    own = consent.student_id == student_id
    return await all_rows(session, ConsentRow, own, consent.status != ConsentStatus.GRANTED)


async def last_word(session: AsyncSession, student_id: UUID) -> Any:
    """The moment of the latest decision about the child, in any of its records."""
    found = select(func.max(consent.decided_at)).where(
        consent.student_id.in_(every_record(student_id))
    )
    return (await session.execute(found)).scalar_one()
