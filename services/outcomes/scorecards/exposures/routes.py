"""Exposures over HTTP."""

from uuid import UUID

from services.outcomes.scorecards.exposures import actions
from shared.contracts.outcomes.exposure import Exposed
from shared.core.refusals import refusals
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import IndicatorsWriter

router = noun("exposures", prefix="/v1/scorecards")


@router.get("/{scorecard_id}/exposed", responses=refusals(404))
async def read_exposed(scorecard_id: UUID, caller: IndicatorsWriter, session: Session) -> Exposed:
    """The figures that an edition published now would keep from an earlier edition or withhold,
    since they would give a small group away beside what was published before."""
    return await actions.exposed(session, caller, scorecard_id)
