"""Routes of assignments and of use."""

from services.resources.assignment.assignments import routes as assignments
from services.resources.assignment.uses import routes as uses
from shared.runtime.area import Area

AREA = Area(
    routers=[
        uses.router,
        assignments.router,
        assignments.composed,
    ],
)
