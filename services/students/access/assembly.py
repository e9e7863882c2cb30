"""Routes of the policy and of emergencies, and reactions to partners' agreements."""

from services.students.access.agreements import reactions as agreements
from services.students.access.emergency_access import queries as emergency_queries
from services.students.access.emergency_access import routes as emergency_access
from services.students.access.policy import routes as policy
from services.students.access.reevaluations import reactions as reevaluations
from shared.runtime.area import Area

AREA = Area(
    routers=[
        emergency_access.opening,
        emergency_access.router,
        policy.composed,
    ],
    reactions=[
        *reevaluations.REACTIONS,  # before the copy of agreements: it needs the one before
        *agreements.REACTIONS,
    ],
    gauges=[
        *emergency_queries.WATCHED,
    ],
)
