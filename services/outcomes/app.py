"""uvicorn services.outcomes.app:app"""

from services.outcomes.indicators.indicators import routes as indicators
from services.outcomes.indicators.outcomes import routes as outcomes
from services.outcomes.lifecycle.erasures import reactions as erasures
from services.outcomes.observations.child_measures import reactions as measure_reactions
from services.outcomes.observations.child_measures import routes as measures
from services.outcomes.observations.observation_import import actions as submissions
from services.outcomes.observations.observations import routes as observations
from services.outcomes.scorecards.contributors import reactions as contributors
from services.outcomes.scorecards.editions import routes as editions
from services.outcomes.scorecards.reports import routes as reports
from services.outcomes.scorecards.scorecards import routes as scorecards
from services.outcomes.scorecards.targets import routes as targets
from shared.imports.routes import ImportKind
from shared.runtime.service import create_service
from shared.security.permissions import Permission

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
