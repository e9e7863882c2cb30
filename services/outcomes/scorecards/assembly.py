"""Routes of scorecards and editions, and reactions to contributors."""

from services.outcomes.scorecards.contributors import reactions
from services.outcomes.scorecards.editions import routes as editions
from services.outcomes.scorecards.exposures import routes as exposures
from services.outcomes.scorecards.reports import routes as reports
from services.outcomes.scorecards.scorecards import routes as scorecards
from services.outcomes.scorecards.targets import routes as targets
from shared.runtime.area import Area

AREA = Area(
    routers=[
        scorecards.router,
        reports.router,
        targets.router,
        exposures.router,
        editions.publishing,
        editions.router,
        reports.composition,
        editions.composition,
    ],
    reactions=[
        *reactions.REACTIONS,
    ],
)
