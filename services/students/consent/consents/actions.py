"""Writing down what a family says, and what it takes back."""

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
from services.students.consent.consent_forms import queries as forms
from services.students.consent.consent_requests import actions as requests
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

TOLD = [Category.IDENTITY]
"""That there is such a child; what the words are about is not in them."""


async def tell_consents(
    session: AsyncSession, caller: Principal, student_id: UUID, paging: PageRequest,
    *, status: ConsentStatus | None, partner_id: UUID | None,
) -> Page[Consent]:  # fmt: skip
    """With the release written down."""
    found, decision = await queries.consents(
        session, caller, student_id, paging, status=status, partner_id=partner_id
    )
    disclosures.release(session, caller, student_id, decision, TOLD, Channel.READ)
    return found


async def tell_consent(
    session: AsyncSession, caller: Principal, student_id: UUID, consent_id: UUID
) -> Consent:
    """With the release written down."""
    found, decision = await queries.consent(session, caller, student_id, consent_id)
    disclosures.release(session, caller, student_id, decision, TOLD)
    return found


async def decide(
    session: AsyncSession, caller: Principal, student_id: UUID, draft: ConsentDraft, now: datetime
) -> ConsentRow:
    """Yes or no, by the family itself or from paper by the district."""
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
        decided_at=said, granted_at=said if granted else None, **asdict(terms),
    )  # fmt: skip

    await _tell(session, word)
    await session.flush()
    await requests.answer(session, word, now)
    return word


async def record(
    session: AsyncSession, caller: Principal, form_id: UUID, answers: PaperAnswers, now: datetime
) -> list[UUID]:
    """What families answered to one form on paper: all of it or nothing. A refusal names the
    answer."""
    known: dict[int, UUID] = {}
    # In one order, so that two of these never wait for each other.
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
    return rules.terms((await forms.form_row(session, draft.form_id)).model_dump())


def _said(
    signing: ConsentDraft, terms: Terms, child: Facts, kind: str, moment: datetime, now: datetime
) -> datetime:
    """A no counts from now on, a yes on paper from its signature."""
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
    """Taken back by anybody with rights today, whoever gave it; final, and once is enough. From
    the commit on nothing is told by it, nor by any earlier yes to the same."""
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

    await _tell(session, word)
    return word


async def _tell(session: AsyncSession, word: ConsentRow) -> None:
    """What partners' streams tell is asked anew at once, not when the event has come around."""
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
