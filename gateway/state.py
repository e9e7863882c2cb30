"""The gateway's state between requests, and the caller of the present one."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from gateway.authentication.access_tokens import Keys
from gateway.authentication.callers import Callers
from gateway.authentication.own_tokens import OwnTokens
from gateway.limits.rates import Rates
from gateway.limits.streams import Streams
from gateway.live import Live
from gateway.upstream.children import Children
from gateway.upstream.client import Upstream
from gateway.upstream.passthrough import ImportPlaces
from shared.core.refusals import Unauthenticated
from shared.core.settings import Settings
from shared.http.route import ensure_text
from shared.security.principal import NOBODY, Principal, ensure_somebody

BEARER = HTTPBearer(scheme_name="principal", auto_error=False, description="An access token.")


@dataclass
class Gateway:
    settings: Settings
    upstream: Upstream
    children: Children
    callers: Callers
    issuers: dict[str, Keys]
    live: Live
    own_tokens: OwnTokens
    rates: Rates
    streams: Streams
    imports: ImportPlaces
    documents: dict[str, dict[str, Any]]
    places: dict[str, str]


def gateway_of(request: Request) -> Gateway:
    gateway: Gateway = request.app.state.gateway
    return gateway


async def caller_of(request: Request) -> Principal:
    """The caller, NOBODY included, within their rate. A refused token counts as NOBODY, so that
    guesses count for their address."""
    ensure_text(request)
    gateway = gateway_of(request)
    try:
        caller = await gateway.callers.caller(request)
    except Unauthenticated:
        await gateway.rates.count(request, NOBODY)
        raise
    request.scope["principal"] = caller
    await gateway.rates.count(request, caller)
    return caller


async def somebody_of(request: Request, _: Any = Security(BEARER)) -> Principal:
    caller = await caller_of(request)
    ensure_somebody(caller)
    return caller


async def _here(request: Request) -> Gateway:
    return gateway_of(request)


Anybody = Annotated[Principal, Depends(caller_of)]
Somebody = Annotated[Principal, Depends(somebody_of)]
Here = Annotated[Gateway, Depends(_here)]
