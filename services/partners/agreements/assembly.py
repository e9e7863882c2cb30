"""Routes of agreements, and the worker that keeps their terms in time."""

from services.partners.agreements.agreements import queries as agreement_queries
from services.partners.agreements.agreements import routes as agreements
from services.partners.agreements.destructions import queries as destruction_queries
from services.partners.agreements.destructions import routes as destructions
from services.partners.agreements.expirations.actions import keep_time_for_ever
from services.partners.agreements.proposals import routes as proposals
from services.partners.agreements.signatures import routes as signatures
from services.partners.agreements.templates import routes as templates
from services.partners.agreements.term_versions import routes as term_versions
from services.partners.agreements.terminations import routes as terminations
from shared.runtime.area import Area

AREA = Area(
    routers=[
        templates.router,
        agreements.router,
        proposals.router,
        signatures.router,
        term_versions.router,
        terminations.router,
        destructions.router,
        agreements.inside,
    ],
    workers=[
        keep_time_for_ever,
    ],
    gauges=[
        *agreement_queries.WATCHED,
        *destruction_queries.WATCHED,
    ],
)
