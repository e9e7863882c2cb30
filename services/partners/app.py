"""uvicorn services.partners.app:app"""

from services.partners.agreements import queries as agreements_queries
from services.partners.agreements import routes as agreements
from services.partners.assertions import routes as assertions
from services.partners.clients import routes as clients
from services.partners.deadlines.actions import keep_time_for_ever
from services.partners.destructions import queries as destructions_queries
from services.partners.destructions import routes as destructions
from services.partners.directory import routes as directory
from services.partners.endings import routes as endings
from services.partners.erasures import reactions as erasures
from services.partners.exports import routes as exports
from services.partners.heads import reactions
from services.partners.heads import routes as heads
from services.partners.hsds.actions import HSDS
from services.partners.invitations import routes as invitations
from services.partners.members import routes as members
from services.partners.memberships import routes as memberships
from services.partners.memberships.actions import admit_first_operator
from services.partners.networks import routes as networks
from services.partners.partners import routes as partners
from services.partners.partnerships import routes as partnerships
from services.partners.pipelines import routes as pipelines
from services.partners.programs import routes as programs
from services.partners.proposals import routes as proposals
from services.partners.signatures import routes as signatures
from services.partners.sites import routes as sites
from services.partners.streams import routes as streams
from services.partners.streams.actions import keep_accounts
from services.partners.templates import routes as templates
from services.partners.versions import routes as versions
from shared.imports import ImportKind
from shared.inbox import Reaction
from shared.service import create_service

REACTIONS: list[Reaction] = [*reactions.REACTIONS, *erasures.REACTIONS]
IMPORTS: list[ImportKind] = [HSDS]

app = create_service(
    "partners",
    [
        partners.router,
        sites.router,
        programs.router,
        pipelines.router,
        partnerships.router,
        members.router,
        networks.router,
        exports.router,
        memberships.router,
        memberships.inside,
        templates.router,
        agreements.router,
        proposals.router,
        signatures.router,
        versions.router,
        endings.router,
        destructions.router,
        agreements.inside,
        invitations.router,
        invitations.inside,
        clients.router,
        clients.inside,
        assertions.inside,
        streams.router,
        directory.inside,
        heads.router,
    ],
    REACTIONS,
    IMPORTS,
    on_start=admit_first_operator,
    workers=[keep_time_for_ever, keep_accounts],
    watched=[*agreements_queries.WATCHED, *destructions_queries.WATCHED],
)
