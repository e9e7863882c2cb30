"""The certificate follows the other services' confirmations."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.lifecycle.erasures import actions
from shared.contracts.outcomes.erasure import ChildErased as ErasedInOutcomes
from shared.contracts.partners.erasure import ChildErased as ErasedInPartners
from shared.contracts.resources.erasure import ChildErased as ErasedInResources
from shared.core.clock import now
from shared.events.inbox import Reaction


async def confirm(session: AsyncSession, told: Sequence[Any]) -> None:
    for event in told:
        service = event.type.partition(".")[0]
        await actions.confirm(session, event.erasure_id, service, event.rows, await now())


REACTIONS = [
    Reaction(kind, confirm) for kind in (ErasedInPartners, ErasedInResources, ErasedInOutcomes)
]
