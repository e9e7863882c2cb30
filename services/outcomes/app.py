"""uvicorn services.outcomes.app:app"""

from services.outcomes.indicators import assembly as indicators
from services.outcomes.lifecycle import assembly as lifecycle
from services.outcomes.observations import assembly as observations
from services.outcomes.scorecards import assembly as scorecards
from shared.runtime.area import joined
from shared.runtime.service import create_service

SERVICE = joined(
    indicators.AREA,
    observations.AREA,
    scorecards.AREA,
    lifecycle.AREA,
)

app = create_service("outcomes", SERVICE)
