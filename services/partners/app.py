"""uvicorn services.partners.app:app"""

from services.partners.agreements.agreements import queries as agreements_queries
from services.partners.agreements.agreements import routes as agreements
from services.partners.agreements.destructions import queries as destructions_queries
from services.partners.agreements.destructions import routes as destructions
from services.partners.agreements.expirations.actions import keep_time_for_ever
from services.partners.agreements.proposals import routes as proposals
from services.partners.agreements.signatures import routes as signatures
from services.partners.agreements.templates import routes as templates
from services.partners.agreements.term_versions import routes as versions
from services.partners.agreements.terminations import routes as endings
from services.partners.audit.disclosure_heads import reactions
from services.partners.audit.disclosure_heads import routes as heads
from services.partners.directory.partners import routes as partners
from services.partners.directory.programs import routes as programs
from services.partners.directory.sites import routes as sites
from services.partners.exchange.hsds_export import routes as exports
from services.partners.exchange.hsds_import.actions import HSDS
from services.partners.identity.client_assertions import routes as assertions
from services.partners.identity.clients import routes as clients
from services.partners.identity.invitations import routes as invitations
from services.partners.identity.memberships import routes as memberships
from services.partners.identity.memberships.actions import admit_first_operator
from services.partners.lifecycle.closures import routes as closures
from services.partners.lifecycle.erasures import reactions as erasures
from services.partners.partnerships.members import routes as members
from services.partners.partnerships.networks import routes as networks
from services.partners.partnerships.partnerships import routes as partnerships
from services.partners.partnerships.pipelines import routes as pipelines
from services.partners.partnerships.profiles import routes as directory
from services.partners.streams.streams import routes as streams
from services.partners.streams.streams.actions import keep_accounts
from shared.events.inbox import Reaction
from shared.imports.routes import ImportKind
from shared.runtime.service import create_service

REACTIONS: list[Reaction] = [*reactions.REACTIONS, *erasures.REACTIONS]
IMPORTS: list[ImportKind] = [HSDS]

app = create_service(
    "partners",
    [
        partners.router,
        closures.router,
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
