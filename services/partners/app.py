"""uvicorn services.partners.app:app"""

from services.partners.agreements import assembly as agreements
from services.partners.audit import assembly as audit
from services.partners.directory import assembly as directory
from services.partners.exchange import assembly as exchange
from services.partners.identity import assembly as identity
from services.partners.lifecycle import assembly as lifecycle
from services.partners.partnerships import assembly as partnerships
from services.partners.streams import assembly as streams
from shared.runtime.area import joined
from shared.runtime.service import create_service

SERVICE = joined(
    directory.AREA,
    partnerships.AREA,
    exchange.AREA,
    identity.AREA,
    agreements.AREA,
    streams.AREA,
    audit.AREA,
    lifecycle.AREA,
)

app = create_service("partners", SERVICE)
