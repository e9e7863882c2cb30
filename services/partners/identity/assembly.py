"""Routes of memberships, invitations and partners' clients, what the log says of the first operator, and
the reaction that announces memberships again."""

from services.partners.identity.accounts import routes as accounts
from services.partners.identity.client_assertions import routes as client_assertions
from services.partners.identity.clients import routes as clients
from services.partners.identity.first_operator import routes as first_operator
from services.partners.identity.first_operator.actions import say_how
from services.partners.identity.invitations import routes as invitations
from services.partners.identity.link_holders import routes as link_holders
from services.partners.identity.memberships import reactions
from services.partners.identity.memberships import routes as memberships
from shared.runtime.area import Area

AREA = Area(
    routers=[
        memberships.router,
        memberships.inside,
        accounts.router,
        accounts.inside,
        first_operator.inside,
        invitations.router,
        invitations.inside,
        clients.router,
        clients.inside,
        client_assertions.inside,
        link_holders.inside,
    ],
    reactions=[
        *reactions.REACTIONS,
    ],
    on_start=[
        say_how,
    ],
)
