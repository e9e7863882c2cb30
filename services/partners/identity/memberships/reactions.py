"""Memberships are announced again for another service's copy."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.partners.identity.memberships import actions
from shared.contracts.students.worker import WorkersAsked
from shared.events.inbox import Reaction


async def announce_again(session: AsyncSession, _: Sequence[WorkersAsked]) -> None:
    await actions.announce_again(session)


REACTIONS = [Reaction(WorkersAsked, announce_again)]
