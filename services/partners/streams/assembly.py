"""Routes of partners' streams, and the worker that keeps their accounts at the broker."""

from services.partners.streams.streams import routes as streams
from services.partners.streams.streams.actions import keep_accounts
from shared.runtime.area import Area

AREA = Area(
    routers=[
        streams.router,
    ],
    workers=[
        keep_accounts,
    ],
)
