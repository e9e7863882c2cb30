"""The streams that the partners service offers to partners' systems, by its settings."""

import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from shared.core.refusals import Unavailable
from shared.core.settings import Settings
from shared.formats.nats_credentials import read_credentials
from shared.partner_streams.accounts import Minting
from shared.security.broker_tokens import claims_of

HOUR_SECONDS = 3600


@dataclass(frozen=True)
class Offer:
    """`server`: the broker's address for partners. `seconds`: how long credentials are valid."""

    keys: Minting
    server: str
    seconds: float
    retention_days: int


def offer_of(settings: Settings) -> Offer | None:
    """The offer; None where the settings hold no keys that make accounts."""
    master = settings.partner_accounts_key.get_secret_value()
    if not master:
        return None
    own = claims_of(read_credentials(settings.nats_credentials.get_secret_value()).token)
    keys = Minting(
        operator_seed=settings.broker_operator_signing_key.get_secret_value(),
        platform_seed=settings.broker_platform_signing_key.get_secret_value(),
        master=master,
        platform=own["nats"].get("issuer_account") or own["iss"],
    )
    seconds = settings.partner_credentials_hours * HOUR_SECONDS
    return Offer(keys, settings.broker_public_url, seconds, settings.partner_retention_days)


async def offered(request: Request) -> Offer:
    """The offer. Raises `streams-not-offered` (503) where there is none."""
    offer = offer_of(request.app.state.settings)
    if offer is None:
        raise Unavailable("streams-not-offered", "This platform offers no streams to partners.")
    return offer


Offered = Annotated[Offer, Depends(offered)]


def now_seconds() -> int:
    return int(time.time())
