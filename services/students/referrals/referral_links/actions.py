"""Offering a link, opening it, and ending it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.referrals.referral_links import queries, rules
from services.students.referrals.referral_links.records import ReferralLinkRow
from services.students.referrals.referrals import queries as referrals
from services.students.referrals.referrals.actions import announce_change, step
from shared.contracts.students.referral import ReferralAct
from shared.contracts.students.referral_link import LinkHolder, ReferralOpening
from shared.core.days import day_of
from shared.security.link_secrets import hashed
from shared.security.principal import Principal


async def offer(
    session: AsyncSession, caller: Principal, referral_id: UUID, days: int, secret: str, pin: str,
    now: datetime,
) -> ReferralLinkRow:  # fmt: skip
    """A link to the referral, in place of any earlier one."""
    row, state = await referrals.own_row(session, caller, referral_id)

    rules.ensure_can_be_answered(state)

    for earlier in await queries.open_rows(session, referral_id):
        earlier.ended_at = now
    link = ReferralLinkRow(
        referral_id=row.id, secret_hash=hashed(secret),
        pin_hash=rules.pin_hashed(secret, pin), offered_by=caller.account_id,
        expires_at=now + timedelta(days=days),
    )  # fmt: skip
    session.add(link)

    step(session, row, ReferralAct.LINK_OFFERED, day_of(now), caller)
    announce_change(session, row)
    return link


async def end(session: AsyncSession, caller: Principal, referral_id: UUID, now: datetime) -> None:
    """End every link to the referral."""
    await referrals.own_row(session, caller, referral_id)

    for link in await queries.open_rows(session, referral_id):
        link.ended_at = now


async def open_link(
    session: AsyncSession, opening: ReferralOpening, now: datetime
) -> list[LinkHolder]:
    """The holder of the link: one or none. A wrong PIN counts, and the fifth ends the link."""
    link = await queries.row_of_secret(session, hashed(opening.secret))
    if link is None:
        return []

    if not rules.fits(link.pin_hash, opening.secret, opening.pin):
        link.wrong_pins += 1
        if link.wrong_pins >= rules.MOST_WRONG_PINS:
            link.ended_at = now
        return []

    link.opened_at = link.opened_at or now
    return await queries.holders(session, link.id)
