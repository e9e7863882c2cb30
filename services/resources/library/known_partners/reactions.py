"""Reactions to changes of partners."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.resources.library.known_partners import actions
from shared.contracts.partners.partner import PartnerChanged, PartnerRegistered
from shared.contracts.partners.partnership import MemberJoined, MemberLeft
from shared.events.inbox import Reaction


async def know(session: AsyncSession, partners: Sequence[PartnerRegistered]) -> None:
    await actions.remember_names(session, {each.partner_id: each.name for each in partners})


async def rename(session: AsyncSession, partners: Sequence[PartnerChanged]) -> None:
    await actions.remember_names(session, {each.partner_id: each.name for each in partners})


async def suspend_when_alone(session: AsyncSession, departures: Sequence[MemberLeft]) -> None:
    alone = [each.partner_id for each in departures if each.remaining_partnerships == 0]
    await actions.suspend(session, alone)


async def restore_when_joined(session: AsyncSession, joined: Sequence[MemberJoined]) -> None:
    await actions.restore(session, [each.partner_id for each in joined])


REACTIONS = [
    Reaction(PartnerRegistered, know),
    Reaction(PartnerChanged, rename),
    Reaction(MemberLeft, suspend_when_alone),
    Reaction(MemberJoined, restore_when_joined),
]
