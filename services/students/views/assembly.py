"""What the gateway asks of children."""

from services.students.views.caseloads import routes as caseloads
from services.students.views.student_view import routes as student_view
from shared.runtime.area import Area

AREA = Area(
    routers=[
        student_view.composed,  # first: the gateway asks for it most
        caseloads.router,
        caseloads.composed,
    ],
)
