"""Showing those who publish what the next edition would keep or withhold."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.outcomes.scorecards.exposures.queries import controlled
from services.outcomes.scorecards.published_tables.actions import take_up
from services.outcomes.scorecards.scorecards.queries import one_scorecard
from services.outcomes.scorecards.scorecards.rules import ensure_leads
from shared.contracts.outcomes.exposure import Exposed
from shared.security.principal import Principal


async def exposed(session: AsyncSession, caller: Principal, scorecard_id: UUID) -> Exposed:
    card = await one_scorecard(session, scorecard_id)
    ensure_leads(caller, card.partnership_id)
    await take_up(session)
    found = await controlled(session, card)
    return Exposed(scorecard_id=card.id, minimum_cell=card.minimum_cell, items=found.exposures)
