"""Routes of partnerships, networks and pipelines."""

from services.partners.partnerships.members import routes as members
from services.partners.partnerships.networks import routes as networks
from services.partners.partnerships.partnerships import routes as partnerships
from services.partners.partnerships.pipelines import routes as pipelines
from services.partners.partnerships.profiles import routes as profiles
from shared.runtime.area import Area

AREA = Area(
    routers=[
        pipelines.router,
        partnerships.router,
        members.router,
        networks.router,
        profiles.inside,
    ],
)
