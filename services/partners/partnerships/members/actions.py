"""Partners join partnerships, change their roles, and leave.

Joining and leaving lock first the partner, then the partnership, so that the count of remaining
partnerships is right however many leave at once.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.terminations import actions as terminations
from services.partners.directory.backbones.queries import led
from services.partners.directory.backbones.rules import ensure_leads
from services.partners.directory.partners import queries as partners
from services.partners.directory.partners import rules as partner_rules
from services.partners.directory.partners.records import PartnerRow
from services.partners.partnerships.members import rules
from services.partners.partnerships.members.records import PartnershipMemberRow
from services.partners.partnerships.networks import actions as networks
from services.partners.partnerships.partnerships import queries
from services.partners.partnerships.partnerships.records import PartnershipRow
from services.partners.partnerships.partnerships.rules import ensure_active
from shared.contracts.partners.partnership import (
    MemberChange,
    MemberChanged,
    MemberDeparture,
    MemberDraft,
    MemberJoined,
    MemberLeft,
    MemberRole,
)
from shared.core.days import day_of
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def join(
    session: AsyncSession,
    caller: Principal,
    partnership_id: UUID,
    draft: MemberDraft,
    today: date,
) -> None:
    partner = await partners.partner_row(session, draft.partner_id)
    partnership = await queries.partnership_row(session, partnership_id)
    others = await queries.member_rows(session, partnership_id)
    joined_on = draft.joined_on or today

    ensure_leads(caller, partnership_id, await led(session, caller))
    ensure_active(partnership.status)
    partner_rules.ensure_active(partner.status)
    rules.ensure_new(partner.id, [other.partner_id for other in others])
    rules.ensure_single(draft.roles, [other.roles for other in others])
    rules.ensure_not_ahead(joined_on, today)

    await add(session, partnership, partner, draft.roles, joined_on)


async def add(
    session: AsyncSession,
    partnership: PartnershipRow,
    partner: PartnerRow,
    wanted: Iterable[MemberRole],
    joined_on: date,
) -> None:
    """Both rows are locked already."""
    roles = sorted(str(role) for role in wanted)
    member = PartnershipMemberRow(
        partnership_id=partnership.id, partner_id=partner.id, roles=roles, joined_on=joined_on
    )
    session.add(member)

    announce(
        session,
        partnership,
        MemberJoined(
            partnership_id=partnership.id, partner_id=partner.id, name=partner.name, roles=roles,
            joined_on=joined_on, remaining_partnerships=await queries.count(session, partner.id),
        ),
    )  # fmt: skip


async def change(
    session: AsyncSession,
    caller: Principal,
    partnership_id: UUID,
    partner_id: UUID,
    expected: int,
    wanted: MemberChange,
) -> PartnershipRow:
    """`expected` is the version of the partnership, to which its members belong."""
    partnership = await queries.partnership_row(session, partnership_id)
    ensure_version(partnership, expected)
    member = await queries.member_row(session, partnership_id, partner_id)
    others = await queries.member_rows(session, partnership_id)
    partner = await partners.one_partner(session, partner_id)

    ensure_leads(caller, partnership_id, await led(session, caller))
    rules.ensure_single(
        wanted.roles, [other.roles for other in others if other.partner_id != partner_id]
    )

    member.roles = sorted(str(role) for role in wanted.roles)

    announce(
        session,
        partnership,
        MemberChanged(
            partnership_id=partnership_id, partner_id=partner_id, name=partner.name,
            roles=member.roles,
        ),
    )  # fmt: skip
    return partnership


async def leave(
    session: AsyncSession,
    caller: Principal,
    partnership_id: UUID,
    partner_id: UUID,
    departure: MemberDeparture,
    now: datetime,
) -> None:
    await partners.partner_row(session, partner_id)
    partnership = await queries.partnership_row(session, partnership_id)
    member = await queries.member_row(session, partnership_id, partner_id)
    left_on = departure.left_on or day_of(now)

    ensure_leads(caller, partnership_id, await led(session, caller))
    rules.ensure_not_ahead(left_on, day_of(now))
    rules.ensure_not_before(left_on, member.joined_on)

    await depart(session, partnership, member, left_on, now)


async def leave_all(session: AsyncSession, partner_id: UUID, now: datetime) -> None:
    """The partnerships of a partner that closes; the partner's row is locked already."""
    for partnership_id in await queries.partnership_ids(session, partner_id):
        partnership = await queries.partnership_row(session, partnership_id)
        member = await queries.member_row(session, partnership_id, partner_id)
        await depart(session, partnership, member, day_of(now), now)


async def depart(
    session: AsyncSession,
    partnership: PartnershipRow,
    member: PartnershipMemberRow,
    left_on: date,
    now: datetime,
) -> None:
    """The partner also leaves the partnership's networks; with its last partnership its agreements
    end."""
    member.left_on = max(left_on, member.joined_on)
    await networks.leave_all(session, partnership.id, member.partner_id)
    remaining = await queries.count(session, member.partner_id)
    if remaining == 0:
        await terminations.end_all(session, member.partner_id, now)

    announce(
        session,
        partnership,
        MemberLeft(
            partnership_id=partnership.id, partner_id=member.partner_id, roles=member.roles,
            left_on=member.left_on, remaining_partnerships=remaining,
        ),
    )  # fmt: skip
