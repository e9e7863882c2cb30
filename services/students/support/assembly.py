"""Routes of those who support a child."""

from services.students.support.notes import routes as notes
from shared.runtime.area import Area

AREA = Area(
    routers=[
        notes.router,
    ],
)
