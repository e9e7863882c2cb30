"""Routes of outcomes and indicators."""

from services.outcomes.indicators.indicators import routes as indicators
from services.outcomes.indicators.outcomes import routes as outcomes
from shared.runtime.area import Area

AREA = Area(
    routers=[
        outcomes.router,
        indicators.router,
    ],
)
