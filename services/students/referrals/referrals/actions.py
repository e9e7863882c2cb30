"""Disclosing referrals, and the one way into a state. Each act is a step that the family reads."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.policy.rules import clause
from services.students.access.reevaluations.actions import review_children
from services.students.participation.application_grounds import queries as grounds
from services.students.referrals.referrals import queries, rules
from services.students.referrals.referrals.records import ReferralRow, ReferralStepRow
from services.students.roster.contacts import actions as contacts
from shared.contracts.students.access import Category, Clause
from shared.contracts.students.contact import Contact
from shared.contracts.students.engagement import (
    EngagementStage,
)
from shared.contracts.students.referral import (
    DeclineReason,
    Referral,
    ReferralAct,
    ReferralChanged,
    ReferralDrafted,
    ReferralOutcome,
    ReferralPreview,
    ReferralState,
    ReferralStep,
)
from shared.contracts.students.referral_act import ReferralDraft
from shared.events.outbox import announce
from shared.http.paging import Page, PageRequest
from shared.security.principal import Principal

S, A = ReferralState, ReferralAct


async def disclose_referrals(
    session: AsyncSession, caller: Principal, found: Page[Referral]
) -> Page[Referral]:
    """The page with the children's names, after writing down the release of each referral."""
    return await disclosures.named(session, caller, found, [Category.SUPPORT])


async def disclose_referral(
    session: AsyncSession, caller: Principal, referral_id: UUID
) -> Referral:
    found = await queries.one_referral(session, caller, referral_id)
    told = await disclose_referrals(session, caller, Page(items=[found], next=None))
    return told.items[0]


async def disclose_steps(
    session: AsyncSession, caller: Principal, referral_id: UUID, paging: PageRequest
) -> Page[ReferralStep]:
    await disclose_referral(session, caller, referral_id)
    return await queries.steps(session, caller, referral_id, paging)


async def disclose_family_contacts(
    session: AsyncSession, caller: Principal, referral_id: UUID
) -> list[Contact]:
    """The contacts of the child, for somebody who may read the referral."""
    found = await queries.one_referral(session, caller, referral_id)
    return await contacts.disclose_contacts(session, caller, found.student_id)


async def disclose_preview(
    session: AsyncSession, caller: Principal, referral_id: UUID, today: date
) -> ReferralPreview:
    """What the partner would read. It discloses the referral to the caller, and nothing to the
    partner."""
    found = await disclose_referral(session, caller, referral_id)
    child = await grounds.facts_for(session, found.partner_id, found.student_id)
    told = rules.told(found.partner_id, found.program_id, found.parts, child)
    return ReferralPreview(
        referral_id=found.id, partner_id=found.partner_id, partner_name=found.partner_name,
        program_id=found.program_id, program_name=found.program_name, need=found.need,
        told=[clause(part, ground) for part, ground in told.grounds.items()],
        missing=[Clause(category=part, clause=why) for part, why in told.missing.items()],
        text=text(found), text_version=rules.TEXT_VERSION, language="en",
        ends_on=today + timedelta(days=rules.CONSENT_DAYS),
    )  # fmt: skip


def text(found: Referral) -> str:
    return rules.consent_text(
        found.partner_name or str(found.partner_id), found.program_name, found.parts, found.need
    )


async def begin(
    session: AsyncSession, caller: Principal, draft: ReferralDraft, partner_id: UUID, today: date
) -> ReferralRow:
    row = ReferralRow(
        **draft.model_dump(exclude_none=True), partner_id=partner_id, state=S.DRAFT, since=today,
        sent_by=caller.account_id, from_id=caller.partner_id or partner_id,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await enter(session, row, S.DRAFT, A.WRITTEN, today, caller)
    return row


async def enter(
    session: AsyncSession, row: ReferralRow, state: ReferralState, act: ReferralAct, on: date,
    caller: Principal | None, **more: Any,
) -> None:  # fmt: skip
    """The one way into a state: row, history, event and the partners' streams change together."""
    row.state, row.since = state, on
    if state in rules.BEGINNING:
        row.begun_on = row.begun_on or on
    if state in rules.ENDED:
        row.ended_on = on
    step(session, row, act, on, caller, **more)
    announce_change(session, row)
    if row.begun_on is not None:
        await review_children(session, [row.student_id])


async def follow(
    session: AsyncSession, row: ReferralRow, stage: EngagementStage, on: date,
    caller: Principal | None,
) -> None:  # fmt: skip
    wanted = rules.BY_STAGE.get(stage)
    if wanted is None or ReferralState(row.state) not in rules.FOLLOWS[wanted]:
        return
    act = A.WAITLISTED if wanted is S.WAITLISTED else A.ENROLLED
    await enter(session, row, wanted, act, on, caller)


def step(
    session: AsyncSession, row: ReferralRow, act: ReferralAct, on: date,
    caller: Principal | None, **more: Any,
) -> None:  # fmt: skip
    row.steps += 1
    session.add(
        ReferralStepRow(
            referral_id=row.id, number=row.steps, act=act, state=row.state, changed_on=on,
            account_id=caller.account_id if caller else None,
            organization_id=caller.partner_id if caller else None,
            **more,
        )
    )  # fmt: skip


def announce_change(session: AsyncSession, row: ReferralRow) -> None:
    """Of a draft nobody but its author learns, also from events."""
    if row.begun_on is None:
        announce(session, row, ReferralDrafted(referral_id=row.id))
        return
    changed = ReferralChanged(
        referral_id=row.id, student_id=row.student_id, program_id=row.program_id,
        partner_id=row.partner_id, state=S(row.state),
        decline_reason=DeclineReason(row.decline_reason) if row.decline_reason else None,
        outcome=ReferralOutcome(row.outcome) if row.outcome else None,
        expires_on=row.expires_on,
    )  # fmt: skip
    announce(session, row, changed)
