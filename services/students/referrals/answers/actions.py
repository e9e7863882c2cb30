"""The partner's acts on a referral that it can read, and its closing."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.participation.engagements import actions as engagements
from services.students.participation.engagements.rules import ensure_dated
from services.students.referrals.referrals import queries, rules
from services.students.referrals.referrals.actions import announce_change, enter, follow, step
from services.students.referrals.referrals.records import ReferralRow
from shared.contracts.students.engagement import (
    EngagementDraft,
    EngagementStage,
)
from shared.contracts.students.referral import ReferralAct, ReferralState
from shared.contracts.students.referral_act import (
    ReferralClosing,
    ReferralContact,
    ReferralDecline,
    ReferralPlace,
    ReferralService,
)
from shared.security.principal import Principal

S, A = ReferralState, ReferralAct


async def accept(
    session: AsyncSession, caller: Principal, referral_id: UUID, words: str | None, today: date
) -> ReferralRow:
    row, state = await queries.referral_row(session, caller, referral_id)

    rules.ensure_next(state, S.ACCEPTED)
    rules.ensure_not_clinical(words)

    row.answered_on = today
    await enter(session, row, S.ACCEPTED, A.ACCEPTED, today, caller, words=words)
    return row


async def decline(
    session: AsyncSession, caller: Principal, referral_id: UUID, said: ReferralDecline, today: date
) -> ReferralRow:
    row, state = await queries.referral_row(session, caller, referral_id)

    rules.ensure_next(state, S.DECLINED)
    rules.ensure_not_clinical(said.words)

    row.answered_on, row.decline_reason = today, said.reason
    await enter(session, row, S.DECLINED, A.DECLINED, today, caller, words=said.words)
    return row


async def contact(
    session: AsyncSession, caller: Principal, referral_id: UUID, told: ReferralContact, today: date
) -> ReferralRow:
    """Write down that the partner spoke with the family, or tried to."""
    row, state = await queries.referral_row(session, caller, referral_id)
    on = told.on or today

    ensure_dated(on, row.answered_on, today)
    rules.ensure_not_clinical(told.words)
    said = {"words": told.words, "channel": told.channel}
    if not told.reached:
        rules.ensure_taken(state)
        step(session, row, A.CONTACT_FAILED, on, caller, **said)
        announce_change(session, row)
        return row
    rules.ensure_next(state, S.CONTACTED)

    row.contacted_on = on
    await enter(session, row, S.CONTACTED, A.CONTACTED, on, caller, **said)
    return row


async def give_place(
    session: AsyncSession, caller: Principal, referral_id: UUID, place: ReferralPlace, today: date
) -> ReferralRow:
    """Begin the engagement to which the referral led: with a place, or on the waiting list."""
    row, state = await queries.referral_row(session, caller, referral_id)

    rules.ensure_next(state, S.ENROLLED)
    rules.ensure_no_engagement(row.engagement_id)

    draft = EngagementDraft(
        student_id=row.student_id, program_id=row.program_id, stage=EngagementStage.ENROLLED,
        on=place.on, worker_id=place.worker_id,
    )  # fmt: skip
    begun = await engagements.begin(session, caller, draft, today)
    row.engagement_id = begun.id
    await follow(session, row, EngagementStage(begun.stage), begun.since, caller)
    return row


async def serve(
    session: AsyncSession,
    caller: Principal,
    referral_id: UUID,
    service: ReferralService,
    today: date,
) -> ReferralRow:
    """Write down a service that the child got without an engagement."""
    row, state = await queries.referral_row(session, caller, referral_id)
    on = service.on or today

    rules.ensure_next(state, S.SERVED)
    ensure_dated(on, row.answered_on, today)

    row.served_on = on
    await enter(session, row, S.SERVED, A.SERVED, on, caller, minutes=service.minutes)
    return row


async def close(
    session: AsyncSession,
    caller: Principal,
    referral_id: UUID,
    closing: ReferralClosing,
    today: date,
) -> ReferralRow:
    """End the referral with what became of the need: by its sender, or by the partner."""
    row, state = await queries.referral_row(session, caller, referral_id)
    if caller.partner_id != row.partner_id:
        rules.ensure_own(caller, row.sent_by)

    rules.ensure_next(state, S.CLOSED)
    rules.ensure_not_clinical(closing.words)

    row.outcome = closing.outcome
    await enter(session, row, S.CLOSED, A.CLOSED, today, caller, words=closing.words)
    return row
