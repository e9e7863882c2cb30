"""Reactions to changes of partners and partnerships."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.scorecards.contributors import actions
from shared.contracts.partners.partner import PartnerChanged, PartnerRegistered
from shared.contracts.partners.partnership import (
    MemberJoined,
    MemberLeft,
    PartnershipChanged,
    PartnershipFormed,
)
from shared.events.inbox import Reaction


async def name_partners(
    session: AsyncSession, heard: Sequence[PartnerRegistered | PartnerChanged]
) -> None:
    await actions.name_partners(session, {event.partner_id: event.name for event in heard})


async def keep_partnerships(
    session: AsyncSession, heard: Sequence[PartnershipFormed | PartnershipChanged]
) -> None:
    """Keeps name and status. The editions of a partnership that has ended leave the community
    page."""
    known = {event.partnership_id: (event.name, event.status) for event in heard}
    await actions.keep_partnerships(session, known)


async def add_contributors(session: AsyncSession, joined: Sequence[MemberJoined]) -> None:
    await actions.join(session, [(event.partnership_id, event.partner_id) for event in joined])


async def drop_contributors(session: AsyncSession, left: Sequence[MemberLeft]) -> None:
    """Removes a contributor from that partnership's scorecard, or, with no partnership remaining,
    from all."""
    for event in left:
        await actions.leave(session, event.partnership_id, event.partner_id)
        if event.remaining_partnerships == 0:
            await actions.leave_all(session, event.partner_id)


REACTIONS = [
    Reaction(PartnerRegistered, name_partners),
    Reaction(PartnerChanged, name_partners),
    Reaction(PartnershipFormed, keep_partnerships),
    Reaction(PartnershipChanged, keep_partnerships),
    Reaction(MemberJoined, add_contributors),
    Reaction(MemberLeft, drop_contributors),
]
