"""Routes, reactions and the worker of partners' streams."""

from services.students.sharing.child_events import reactions as child_events
from services.students.sharing.decisions import queries as decisions
from services.students.sharing.retractions import queries as retraction_queries
from services.students.sharing.retractions import routes as retractions
from services.students.sharing.sharing_status import routes as sharing_status
from services.students.sharing.snapshots import routes as snapshots
from services.students.sharing.subscribers import reactions as subscribers
from services.students.sharing.worker.actions import share_for_ever
from shared.events.partner_outbox import TO_PARTNERS
from shared.runtime.area import Area

AREA = Area(
    routers=[
        sharing_status.router,
        snapshots.router,
        retractions.router,
    ],
    reactions=[
        *child_events.REACTIONS,
        *subscribers.REACTIONS,
    ],
    workers=[
        share_for_ever,
    ],
    outlets=[
        TO_PARTNERS,
    ],
    gauges=[
        *retraction_queries.WATCHED,
        *decisions.WATCHED,
    ],
)
