"""Routes of partners, sites and programs."""

from services.partners.directory.partners import routes as partners
from services.partners.directory.programs import routes as programs
from services.partners.directory.sites import routes as sites
from shared.runtime.area import Area

AREA = Area(
    routers=[
        partners.router,
        sites.router,
        programs.router,
    ],
)
