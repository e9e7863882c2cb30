"""Forming, changing and ending partnerships."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.directory.partners.rules import stored
from services.partners.partnerships.members import actions as members
from services.partners.partnerships.networks import actions as networks
from services.partners.partnerships.partnerships import queries, rules
from services.partners.partnerships.partnerships.records import PartnershipRow
from shared.contracts.partners.partnership import (
    PartnershipChange,
    PartnershipChanged,
    PartnershipDraft,
    PartnershipFormed,
    PartnershipStatus,
)
from shared.core.days import day_of
from shared.events.outbox import announce
from shared.http.etags import ensure_version


async def form(session: AsyncSession, draft: PartnershipDraft) -> PartnershipRow:
    partnership = PartnershipRow(**stored(draft))

    announce(
        session,
        partnership,
        PartnershipFormed(partnership_id=partnership.id, **_state(partnership)),
    )
    return partnership


async def change(
    session: AsyncSession, partnership_id: UUID, expected: int, wanted: PartnershipChange
) -> PartnershipRow:
    partnership = await queries.partnership_row(session, partnership_id)
    ensure_version(partnership, expected)

    rules.ensure_active(partnership.status)

    partnership.sqlmodel_update(stored(wanted))

    _announce_change(session, partnership)
    return partnership


async def end(
    session: AsyncSession, partnership_id: UUID, expected: int, now: datetime
) -> PartnershipRow:
    """All members leave; its networks end."""
    partnership = await queries.partnership_row(session, partnership_id)
    ensure_version(partnership, expected)

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
