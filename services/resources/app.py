"""uvicorn services.resources.app:app"""

from services.resources.assignment import assembly as assignment
from services.resources.exchange import assembly as exchange
from services.resources.library import assembly as library
from services.resources.lifecycle import assembly as lifecycle
from shared.runtime.area import joined
from shared.runtime.service import create_service

SERVICE = joined(
    library.AREA,
    assignment.AREA,
    exchange.AREA,
    lifecycle.AREA,
)

app = create_service("resources", SERVICE)
