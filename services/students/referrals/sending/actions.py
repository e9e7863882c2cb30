"""Writing, sending and taking back referrals, by their sender and by the family."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.policy import queries as access
from services.students.consent.consents import actions as consents
from services.students.consent.signers import queries as signers
from services.students.participation.application_grounds import queries as grounds
from services.students.participation.engagements import queries as engaged
from services.students.participation.engagements.rules import (
    ensure_not_engaged,
    ensure_program_takes,
)
from services.students.participation.programs import queries as programs
from services.students.referrals.referrals import queries, rules
from services.students.referrals.referrals.actions import announce_change, begin, enter, step, text
from services.students.referrals.referrals.records import ReferralRow
from services.students.roster.students import queries as students
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.students.consent import (
    ConsentDecision,
    ConsentDraft,
)
from shared.contracts.students.referral import ReferralAct, ReferralState
from shared.contracts.students.referral_act import FamilyWord, ReferralDraft
from shared.security.principal import FAMILY, Principal

S, A = ReferralState, ReferralAct


async def write(
    session: AsyncSession, caller: Principal, draft: ReferralDraft, today: date
) -> ReferralRow:
    program = await programs.program_row(session, draft.program_id)
    await students.student_for_engagement(session, caller, draft.student_id)
    await access.decision(session, caller, draft.student_id, Category.SUPPORT)
    if draft.id is not None:
        sent = await queries.written(session, caller, draft.id)
        if sent is not None:
            return sent
    already = await engaged.is_engaged(session, draft.student_id, draft.program_id)
    referred = await queries.live_one(session, caller, draft.student_id, draft.program_id)

    rules.ensure_not_clinical(draft.need)
    ensure_not_engaged(already)
    rules.ensure_none_live(referred)
    ensure_program_takes(program.status, program.ends_on, today)

    return await begin(session, caller, draft, program.partner_id, today)


async def ask_family(
    session: AsyncSession, caller: Principal, referral_id: UUID, today: date
) -> ReferralRow:
    """Show the family what would be told, to whom and why."""
    row, state = await queries.own_row(session, caller, referral_id)

    rules.ensure_next(state, S.AWAITING_CONSENT)

    await enter(session, row, S.AWAITING_CONSENT, A.CONSENT_ASKED, today, caller)
    return row


async def answer_for_family(
    session: AsyncSession,
    caller: Principal,
    referral_id: UUID,
    word: FamilyWord,
    today: date,
    now: datetime,
) -> ReferralRow:
    """The family's yes is a consent to this one program, in the words that it read, and sends the
    referral. Its no withdraws the referral."""
    row, state = await queries.referral_row(session, caller, referral_id)
    found = await queries.one_referral(session, caller, referral_id)

    signing = word.model_dump(exclude={"decision"})
    if word.decision is ConsentDecision.REFUSED:
        await signers.speaking(session, caller, row.student_id, word)
        rules.ensure_next(state, S.WITHDRAWN)
        await enter(session, row, S.WITHDRAWN, A.WITHDRAWN, today, caller)
        return row

    rules.ensure_next(state, S.SENT)
    draft = ConsentDraft(
        **signing, decision=word.decision, partner_id=row.partner_id, purpose=Purpose.SERVICE,
        categories=found.parts, begins_on=today, text=text(found),
        ends_on=today + timedelta(days=rules.CONSENT_DAYS), text_version=rules.TEXT_VERSION,
        language="en",
    )  # fmt: skip
    consent = await consents.decide(
        session, caller, row.student_id, draft, now, program_id=row.program_id
    )
    row.consent_id = consent.id
    step(session, row, A.CONSENT_GIVEN, today, caller)
    await _send(session, row, caller, today)
    return row


async def send(
    session: AsyncSession, caller: Principal, referral_id: UUID, today: date
) -> ReferralRow:
    """Send a referral for which there is a ground already."""
    row, state = await queries.own_row(session, caller, referral_id)

    rules.ensure_next(state, S.SENT)

    await _send(session, row, caller, today)
    return row


async def _send(session: AsyncSession, row: ReferralRow, caller: Principal, today: date) -> None:
    program = await programs.program_row(session, row.program_id)
    child = await grounds.facts_for(session, row.partner_id, row.student_id)
    closed = await queries.closed_days(session, [row.student_id])

    ensure_program_takes(program.status, program.ends_on, today)
    parts = [Category(part) for part in row.parts]
    rules.ensure_ground(rules.told(row.partner_id, row.program_id, parts, child))

    row.sent_on = today
    row.expires_on = rules.last_day(today, closed[row.student_id])
    await enter(session, row, S.SENT, A.SENT, today, caller)


async def withdraw(
    session: AsyncSession, caller: Principal, referral_id: UUID, words: str | None, today: date
) -> ReferralRow:
    """Take the referral back: its sender, or the family. From the commit on the partner reads
    nothing more of it."""
    row, state = await queries.referral_row(session, caller, referral_id)
    if caller.role not in FAMILY:
        rules.ensure_own(caller, row.sent_by)

    rules.ensure_next(state, S.WITHDRAWN)
    rules.ensure_not_clinical(words)

    await enter(session, row, S.WITHDRAWN, A.WITHDRAWN, today, caller, words=words)
    return row


async def extend(
    session: AsyncSession, caller: Principal, referral_id: UUID, today: date
) -> ReferralRow:
    """Give the partner as much time again, once."""
    row, state = await queries.own_row(session, caller, referral_id)
    closed = await queries.closed_days(session, [row.student_id])

    rules.ensure_sent(state)
    rules.ensure_not_extended(extended=row.extended)

    row.extended = True
    row.expires_on = rules.last_day(today, closed[row.student_id])
    step(session, row, A.EXTENDED, today, caller)
    announce_change(session, row)
    return row


async def mark_in_error(
    session: AsyncSession, caller: Principal, referral_id: UUID, words: str | None, today: date
) -> ReferralRow:
    """Say that the referral should never have been."""
    row, state = await queries.own_row(session, caller, referral_id)

    rules.ensure_next(state, S.IN_ERROR)
    rules.ensure_not_clinical(words)

    await enter(session, row, S.IN_ERROR, A.MARKED_IN_ERROR, today, caller, words=words)
    return row
