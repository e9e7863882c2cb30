"""Routes of observations, their import, reactions that keep a child's measures, and the worker that
adds attendance up again."""

from services.outcomes.observations.attendance_measures import actions as attendance
from services.outcomes.observations.child_measures import reactions
from services.outcomes.observations.child_measures import routes as child_measures
from services.outcomes.observations.observation_import import actions as observation_import
from services.outcomes.observations.observations import routes as observations
from shared.imports.routes import ImportKind
from shared.runtime.area import Area
from shared.security.permissions import Permission

IMPORT = ImportKind(
    "observations",
    Permission.INDICATORS_WRITE,
    observation_import.load,
    "Import a CSV file of observations.",
    "Each line is one figure. It names the definition of an indicator, the place, the period, the"
    " group, the time (`as_of`) and the source. A newer figure corrects the one before it, which is"
    " kept; an older one is refused. Announces `outcomes.observations.published.v1` for each"
    " definition.",
)
AREA = Area(
    routers=[observations.router, child_measures.composition],
    reactions=reactions.REACTIONS,
    imports=[IMPORT],
    workers=[attendance.renew_for_ever],
)
