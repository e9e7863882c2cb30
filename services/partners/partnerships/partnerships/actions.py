"""Forming, changing and ending partnerships."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.backbones.queries import led
from services.partners.directory.backbones.rules import ensure_has_partner, ensure_leads
from services.partners.directory.partners import queries as partners
from services.partners.directory.partners import rules as partner_rules
from services.partners.directory.partners.rules import stored
from services.partners.partnerships.members import actions as members
from services.partners.partnerships.networks import actions as networks
from services.partners.partnerships.partnerships import queries, rules
from services.partners.partnerships.partnerships.records import PartnershipRow
from shared.contracts.partners.partnership import (
    MemberRole,
    PartnershipChange,
    PartnershipChanged,
    PartnershipDraft,
    PartnershipFormed,
    PartnershipStatus,
)
from shared.core.days import day_of
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal, Role


async def form(
    session: AsyncSession, caller: Principal, draft: PartnershipDraft, today: date
) -> PartnershipRow:
    """The partner of a backbone's staff becomes the backbone; the operator names it as a member."""
    ensure_has_partner(caller)
    backbone = None
    if caller.role is Role.BACKBONE and caller.partner_id is not None:
        backbone = await partners.partner_row(session, caller.partner_id)
        partner_rules.ensure_active(backbone.status)

    partnership = PartnershipRow(**stored(draft))

    announce(
        session,
        partnership,
        PartnershipFormed(partnership_id=partnership.id, **_state(partnership)),
    )
    if backbone is not None:
        await session.flush()  # before its member, which refers to it
        began = min(draft.started_on or today, today)
        await members.add(session, partnership, backbone, {MemberRole.BACKBONE}, began)
    return partnership


async def change(
    session: AsyncSession,
    caller: Principal,
    partnership_id: UUID,
    expected: int,
    wanted: PartnershipChange,
) -> PartnershipRow:
    partnership = await queries.partnership_row(session, partnership_id)
    ensure_version(partnership, expected)

    ensure_leads(caller, partnership_id, await led(session, caller))
    rules.ensure_active(partnership.status)

    partnership.sqlmodel_update(stored(wanted))

    _announce_change(session, partnership)
    return partnership


async def end(
    session: AsyncSession, caller: Principal, partnership_id: UUID, expected: int, now: datetime
) -> PartnershipRow:
    """All members leave; its networks end."""
    partnership = await queries.partnership_row(session, partnership_id)
    ensure_version(partnership, expected)

    ensure_leads(caller, partnership_id, await led(session, caller))
    rules.ensure_active(partnership.status)

    await networks.end_all(session, partnership_id)
    for member in await queries.member_rows(session, partnership_id):
        await members.depart(session, partnership, member, day_of(now), now)
    partnership.status = PartnershipStatus.ENDED
    partnership.ended_on = day_of(now)

    _announce_change(session, partnership)
    return partnership


def _announce_change(session: AsyncSession, partnership: PartnershipRow) -> None:
    announce(
        session,
        partnership,
        PartnershipChanged(partnership_id=partnership.id, **_state(partnership)),
    )


def _state(partnership: PartnershipRow) -> dict[str, Any]:
    return partnership.model_dump(include={"name", "place", "status"})
