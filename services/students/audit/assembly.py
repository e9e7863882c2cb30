"""Routes of the disclosure log, and the worker that seals it."""

from services.students.audit.access_simulator import routes as access_simulator
from services.students.audit.accounting import routes as accounting
from services.students.audit.breach_reports import routes as breach_reports
from services.students.audit.disclosure_heads import routes as disclosure_heads
from services.students.audit.hash_chain import queries
from services.students.audit.hash_chain.actions import seal_for_ever
from services.students.audit.stops import routes as stops
from shared.runtime.area import Area

AREA = Area(
    routers=[
        disclosure_heads.router,
        accounting.router,
        stops.router,
        breach_reports.router,
        access_simulator.router,
    ],
    workers=[
        seal_for_ever,
    ],
    gauges=[
        *queries.WATCHED,
    ],
)
