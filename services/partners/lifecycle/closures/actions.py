"""Closing a partner: everything that depends on it ends in one transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.agreements.terminations import actions as terminations
from services.partners.directory.backbones.queries import in_care
from services.partners.directory.partners import queries, rules
from services.partners.directory.partners.actions import state
from services.partners.directory.partners.records import PartnerRow
from services.partners.directory.programs import actions as programs
from services.partners.exchange.hsds_mappings import actions as mappings
from services.partners.identity.clients import actions as clients
from services.partners.identity.invitations import actions as invitations
from services.partners.identity.memberships import actions as memberships
from services.partners.partnerships.members import actions as members
from services.partners.streams.streams import actions as streams
from shared.contracts.partners.partner import PartnerChanged, PartnerStatus
from shared.core.days import day_of
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.security.principal import Principal


async def close(
    session: AsyncSession, caller: Principal, partner_id: UUID, expected: int, now: datetime
) -> PartnerRow:
    """Its programs close, it leaves its partnerships, its agreements end, and nobody acts for it
    any more."""
    partner = await queries.partner_row(session, partner_id)
    ensure_version(partner, expected)
    care = await in_care(session, caller)

    rules.ensure_may_close(caller, partner_id, partner.kind, partner.parent_id, care)
    rules.ensure_active(partner.status)

    partner.status = PartnerStatus.CLOSED
    await programs.close_all(session, partner_id, day_of(now))
    await members.leave_all(session, partner_id, now)
    await terminations.end_all(session, partner_id, now)
    await memberships.end_all(session, partner_id, now)
    await clients.revoke_all(session, partner_id, now)
    await invitations.withdraw_all(session, partner_id)
    await streams.close_of(session, partner_id)
    await mappings.retire_all(session, partner_id)

    announce(session, partner, PartnerChanged(partner_id=partner.id, **state(partner)))
    return partner
