"""Routes of the library, and reactions to its partners."""

from services.resources.library.collections import routes as collections
from services.resources.library.frameworks import routes as frameworks
from services.resources.library.known_partners import reactions
from services.resources.library.resources import routes as resources
from services.resources.library.search import routes as search
from shared.runtime.area import Area

AREA = Area(
    routers=[
        search.router,
        resources.router,
        frameworks.router,
        collections.router,
        search.composed,
        resources.composed,
    ],
    reactions=[
        *reactions.REACTIONS,
    ],
)
