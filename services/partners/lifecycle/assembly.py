"""Closing a partner, and reactions to an erased child."""

from services.partners.lifecycle.closures import routes as closures
from services.partners.lifecycle.erasures import reactions
from shared.runtime.area import Area

AREA = Area(
    routers=[
        closures.router,
    ],
    reactions=[
        *reactions.REACTIONS,
    ],
)
