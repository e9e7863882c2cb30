"""HSDS directories in and out."""

from services.partners.exchange.hsds_export import routes as hsds_export
from services.partners.exchange.hsds_import.actions import HSDS
from services.partners.exchange.hsds_mappings import routes as hsds_mappings
from shared.runtime.area import Area

AREA = Area(
    routers=[
        hsds_export.router,
        hsds_mappings.router,
    ],
    imports=[
        HSDS,
    ],
)
