"""Routes of memberships, invitations and partners' clients, the first operator, and the reaction that
announces memberships again."""

from services.partners.identity.client_assertions import routes as client_assertions
from services.partners.identity.clients import routes as clients
from services.partners.identity.invitations import routes as invitations
from services.partners.identity.memberships import reactions
from services.partners.identity.memberships import routes as memberships
from services.partners.identity.memberships.actions import admit_first_operator
from shared.runtime.area import Area

AREA = Area(
    routers=[
        memberships.router,
        memberships.inside,
        invitations.router,
        invitations.inside,
        clients.router,
        clients.inside,
        client_assertions.inside,
    ],
    reactions=[
        *reactions.REACTIONS,
    ],
    on_start=[
        admit_first_operator,
    ],
)
