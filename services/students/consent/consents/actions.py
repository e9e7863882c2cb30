"""Recording a family's consents and refusals, and its revocations."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.consents_in_force import rules as in_force
from services.students.access.consents_in_force.rules import Wanted
from services.students.access.disclosures import actions as disclosures
from services.students.access.reevaluations.actions import review_children
from services.students.access.relations.rules import Facts
from services.students.consent.consent_forms import queries as consent_forms
from services.students.consent.consent_requests import actions as consent_requests
from services.students.consent.consents import queries, rules
from services.students.consent.consents.records import ConsentRow
from services.students.consent.consents.rules import Terms
from services.students.consent.signers import queries as signers
from shared.contracts.partners.partner import PartnerKind
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.consent import (
    Consent,
    ConsentChanged,
    ConsentDecision,
    ConsentDraft,
    ConsentMethod,
    ConsentStatus,
    Signing,
)
from shared.contracts.students.consent_form import PaperAnswers
from shared.contracts.students.disclosure import Channel
from shared.core.refusals import Fault, Refusal
from shared.events.outbox import announce
from shared.http.paging import Page, PageRequest
from shared.security.principal import Principal

DISCLOSED = [Category.IDENTITY]
"""A consent discloses the child and its name. It does not hold the data that it is about."""


async def disclose_consents(
    session: AsyncSession, caller: Principal, student_id: UUID, paging: PageRequest,
    *, status: ConsentStatus | None, partner_id: UUID | None,
) -> Page[Consent]:  # fmt: skip
    """The child's consents, after writing down the release."""
    found, decision = await queries.consents(
        session, caller, student_id, paging, status=status, partner_id=partner_id
    )
    disclosures.release(session, caller, student_id, decision, DISCLOSED, Channel.READ)
    return found


async def disclose_consent(
    session: AsyncSession, caller: Principal, student_id: UUID, consent_id: UUID
) -> Consent:
    """One consent, after writing down the release."""
    found, decision = await queries.one_consent(session, caller, student_id, consent_id)
    disclosures.release(session, caller, student_id, decision, DISCLOSED)
    return found


async def decide(
    session: AsyncSession, caller: Principal, student_id: UUID, draft: ConsentDraft, now: datetime,
    *, program_id: UUID | None = None,
) -> ConsentRow:  # fmt: skip
    """Record a consent or a refusal: by the family itself, or by the district from paper.
    `program_id`: the one program that a consent is about."""
    child, given_by = await signers.speaking(session, caller, student_id, draft)
    terms = await _terms(session, draft)
    kind = await queries.kind_of(session, terms)
    last = await queries.last_word(session, student_id)

    rules.ensure_period(terms.begins_on, terms.ends_on)
    said = _said(draft, terms, child, kind, rules.moment(now, last), now)

    granted = draft.decision is ConsentDecision.GRANTED
    word = ConsentRow(
        student_id=student_id, form_id=draft.form_id, status=ConsentStatus(draft.decision),
        given_by=given_by,
        method=draft.method, signed_on=draft.signed_on, recorded_by=caller.account_id,
        decided_at=said, granted_at=said if granted else None, program_id=program_id,
        **asdict(terms),
    )  # fmt: skip

    await _announce(session, word)
    await session.flush()
    await consent_requests.answer(session, word, now)
    return word


async def record(
    session: AsyncSession, caller: Principal, form_id: UUID, answers: PaperAnswers, now: datetime
) -> list[UUID]:
    """Record the paper answers of families to one form, all or none, and give the ids in the order
    of the answers. A refusal names the answer."""
    known: dict[int, UUID] = {}
    # In the order of the children, so that two of these requests never deadlock.
    for n, given in sorted(enumerate(answers.items), key=lambda each: each[1].student_id):
        told = given.model_dump(exclude={"student_id"})
        draft = ConsentDraft(form_id=form_id, method=ConsentMethod.PAPER, **told)
        try:
            word = await decide(session, caller, given.student_id, draft, now)
        except Refusal as refusal:
            fault = Fault(field=f"body.items.{n}", code=refusal.code, reason=refusal.detail)
            refusal.errors = [fault, *refusal.errors]
            raise
        known[n] = word.id
    return [known[n] for n in range(len(answers.items))]


async def _terms(session: AsyncSession, draft: ConsentDraft) -> Terms:
    told = draft.model_dump()
    if draft.form_id is None:
        return rules.terms(told)
    rules.ensure_form_alone(told)
    return rules.terms((await consent_forms.form_row(session, draft.form_id)).model_dump())


def _said(
    signing: ConsentDraft, terms: Terms, child: Facts, kind: str, moment: datetime, now: datetime
) -> datetime:
    """The moment from which the decision counts: a no from now on, a consent on paper from its
    signature."""
    if signing.signed_on is None or signing.decision is ConsentDecision.REFUSED:
        return moment
    said = rules.said_at(signing.signed_on, now)
    for category in terms.categories:
        wanted = Wanted(terms.partner_id or in_force.NO_PARTNER, kind, terms.purpose, category)
        rules.ensure_last_word(said, in_force.said_no(child.consents, wanted))
    return said


async def revoke(
    session: AsyncSession,
    caller: Principal,
    student_id: UUID,
    consent_id: UUID,
    signing: Signing,
    now: datetime,
) -> ConsentRow:
    """Revoke a consent, by any person with rights today. It is final, and revoking again changes
    nothing. From the commit on, nothing is disclosed under it, nor under an earlier consent to the
    same."""
    _, revoked_by = await signers.speaking(session, caller, student_id, signing)
    word = await queries.consent_row(session, student_id, consent_id)
    if word.status == ConsentStatus.REVOKED:
        return word
    last = await queries.last_word(session, student_id)

    rules.ensure_revocable(ConsentStatus(word.status))

    word.status = ConsentStatus.REVOKED
    word.decided_at = rules.moment(now, last)
    word.revoked_by = revoked_by
    word.revoked_by_account = caller.account_id

    await _announce(session, word)
    return word


async def protect(session: AsyncSession, student_id: UUID, erased_id: UUID) -> None:
    """Write into this record of a child the refusals and revocations of another, which is erased."""
    for word in await queries.refusal_rows(session, erased_id):
        own = word.model_dump(exclude={"id", "version", "created_at", "updated_at"})
        copy = ConsentRow(**own | {"student_id": student_id})
        await _announce(session, copy)


async def _announce(session: AsyncSession, word: ConsentRow) -> None:
    """Announce the decision, and ask for its re-evaluation in the same transaction: the partners'
    streams do not wait for the event."""
    announce(session, word, changed(word))
    await review_children(session, [word.student_id])


def changed(word: Any) -> ConsentChanged:
    return ConsentChanged(
        consent_id=word.id, student_id=word.student_id, status=ConsentStatus(word.status),
        partner_id=word.partner_id,
        partner_kind=PartnerKind(word.partner_kind) if word.partner_kind else None,
        purpose=Purpose(word.purpose), categories=[Category(c) for c in word.categories],
        begins_on=word.begins_on, ends_on=word.ends_on,
    )  # fmt: skip
