"""uvicorn services.outcomes.app:app"""

from services.outcomes.contributors import reactions as contributors
from services.outcomes.editions import routes as editions
from services.outcomes.erasures import reactions as erasures
from services.outcomes.indicators import routes as indicators
from services.outcomes.measures import reactions as measure_reactions
from services.outcomes.measures import routes as measures
from services.outcomes.observations import routes as observations
from services.outcomes.outcomes import routes as outcomes
from services.outcomes.reports import routes as reports
from services.outcomes.scorecards import routes as scorecards
from services.outcomes.submissions import actions as submissions
from services.outcomes.targets import routes as targets
from shared.access import Permission
from shared.imports import ImportKind
from shared.service import create_service

ROUTERS = [
    outcomes.router,
    indicators.router,
    observations.router,
    scorecards.router,
    reports.router,
    targets.router,
    editions.publishing,
    editions.router,
    reports.composition,
    editions.composition,
    measures.composition,
]
REACTIONS = [*contributors.REACTIONS, *measure_reactions.REACTIONS, *erasures.REACTIONS]
IMPORTS = [
    ImportKind(
        "observations",
        Permission.INDICATORS_WRITE,
        submissions.load,
        "Import a CSV file of observations.",
        "One line a figure: of which definition of which indicator, for which place, period and"
        " group, as of when and by which source. A newer figure corrects the one before it, which is"
        " kept; an older one is refused. Announces `outcomes.observations.published.v1` for each"
        " definition.",
    )
]

app = create_service("outcomes", ROUTERS, REACTIONS, IMPORTS)
