"""The gateway's application: uvicorn gateway.app:app"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from prometheus_client import start_http_server
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from gateway.authentication.access_tokens import AccessTokens
from gateway.authentication.callers import Callers
from gateway.authentication.issuers import issuers, watch_for_ever
from gateway.authentication.own_tokens import OwnTokens
from gateway.documents import openapi as documents
from gateway.documents import partner_asyncapi as partner_documents
from gateway.limits.allowed_methods import Methods, header
from gateway.limits.rates import Rates
from gateway.limits.streams import Streams
from gateway.live import Live
from gateway.middleware.cors import METHODS, Origins
from gateway.middleware.load_shedding import Door
from gateway.pages import discovery
from gateway.pages import start as pages
from gateway.pages import token_endpoint as oauth
from gateway.state import Gateway, caller_of, gateway_of
from gateway.upstream.children import Children
from gateway.upstream.client import SERVICES, Passed, Upstream
from gateway.upstream.passthrough import ImportPlaces, pass_on, streaming
from gateway.views import (
    caseload,
    community,
    exports,
    family,
    invitations,
    live,
    me,
    partners,
    partnerships,
    referral_links,
    search,
    students,
)
from shared.core.leaving import LEAVING
from shared.core.refusals import NotFound, Refusal, Unauthenticated
from shared.core.settings import Settings, from_environment
from shared.core.tasks import end
from shared.core.telemetry import NONE_OF_THE_FRAMEWORK, start_telemetry
from shared.http.answers import answer, answer_of, answer_refusals, note_code
from shared.http.entrance import ROUTE, Entrance
from shared.http.openapi import complete_openapi, operation_id
from shared.http.route_table import RouteTable
from shared.security.principal import THE_GATEWAY, PrincipalSigner, ensure_somebody

VIEWS = (
    me, students, exports, family, caseload, partners, partnerships, community, search, live,
    invitations, referral_links,
)  # fmt: skip
NOT_ALLOWED = 405
PASSED_ON = "/v1/{path:path}"
READY_SECONDS = 2
GZIP_BYTES = 1024
GZIP_LEVEL = 4  # higher levels cost more time than they save on any line


def create_gateway(settings: Callable[[], Settings] = from_environment) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        known = settings()
        start_telemetry("gateway", known)
        gateway = app.state.gateway = make(known)
        following = asyncio.create_task(gateway.live.follow_for_ever())
        watching = asyncio.create_task(watch_for_ever(gateway.issuers.values()))
        with metrics_served(known.metrics_listen):
            yield
        await end(following, watching)
        await gateway.upstream.close()

    app = FastAPI(
        title="Gateway", version="1", lifespan=lifespan, docs_url=None, redoc_url=None,
        openapi_url=None, telemetry=NONE_OF_THE_FRAMEWORK, generate_unique_id_function=operation_id,
    )  # fmt: skip
    for view in VIEWS:
        app.include_router(view.router)
    for own in (pages, discovery, oauth):
        app.include_router(own.router)
    _add_own_routes(app)
    app.routes.append(Route(PASSED_ON, Passing(), methods=METHODS, include_in_schema=False))
    answer_refusals(app)
    _challenge_strangers(app)
    _say_methods(app)
    complete_openapi(app, repeats=False)
    RouteTable(app)
    app.add_middleware(Entrance, service="gateway")
    # Safe to compress: no body holds a secret beside text that another site could have sent, since
    # tokens come in a header that the client itself sets. An ETag stays, since it is a version.
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_BYTES, compresslevel=GZIP_LEVEL)
    app.add_middleware(Door)
    app.add_middleware(Origins)  # outside the door, so that a browser may read its refusal
    return app


@contextmanager
def metrics_served(listen: str) -> Iterator[None]:
    """Serves metrics on an address of their own, since the gateway's is public. Not at all without
    one."""
    if not listen:
        yield
        return
    host, _, port = listen.rpartition(":")
    server, _ = start_http_server(int(port), host)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def make(settings: Settings) -> Gateway:
    """The gateway's state for all requests. Must be called where an event loop runs."""
    signer = PrincipalSigner(settings.principal_private_key.get_secret_value())
    upstream = Upstream(settings, signer)
    own_tokens = OwnTokens(settings)
    accepted = issuers(settings, upstream.http, own_tokens.keys)
    tokens = AccessTokens(frozenset(settings.accepted_audiences()), accepted)
    live = Live(settings, lambda: callers.forget())  # noqa: PLW0108 (made below)
    callers = Callers(tokens, upstream, own_tokens.issuer)
    read = documents.service_documents()
    return Gateway(
        settings=settings,
        upstream=upstream,
        children=Children(upstream),
        callers=callers,
        issuers=accepted,
        live=live,
        own_tokens=own_tokens,
        rates=Rates(settings.requests_per_minute),
        streams=Streams(settings.streams_per_account),
        imports=ImportPlaces(upstream),
        documents=read,
        places=documents.places(read),
    )


class Passing:
    """Whatever has no route here belongs to a service. A plain ASGI route: the framework has nothing to
    read of such a request and nothing to write of its answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[ROUTE] = PASSED_ON
        with ExitStack() as held:  # until the answer was sent, or its client is gone
            answered = await _pass(Request(scope, receive, send), held)
            await answered(scope, receive, send)


async def _pass(request: Request, held: ExitStack) -> Response:
    gateway = gateway_of(request)
    allowed = methods_of(request.app).at(request.scope["path"])
    if allowed is not None and request.method not in allowed:
        raise HTTPException(NOT_ALLOWED)
    caller = await caller_of(request)
    path = request.path_params["path"]
    noun = path.partition("/")[0]
    if noun == "imports" and "/" in path:
        ensure_somebody(caller)  # before the body is read
        service = await gateway.imports.of(request, caller)
    elif noun in gateway.places:
        service = gateway.places[noun]
    else:
        raise NotFound("route-unknown", "There is nothing at this address.")
    if streaming(request):
        ensure_somebody(caller)
        held.enter_context(gateway.streams.one_of(caller.account_id))
    passed = await pass_on(request, gateway.upstream, caller, service)
    if passed.status_code == Unauthenticated.status:
        return discovery.challenge(passed, gateway.settings)
    return passed


def _challenge_strangers(app: FastAPI) -> None:
    @app.exception_handler(Passed)
    @app.exception_handler(Unauthenticated)
    async def unauthenticated(request: Request, refusal: Refusal) -> Response:
        note_code(request, refusal.code)
        answered = answer(refusal)
        if refusal.status != Unauthenticated.status:
            return answered
        return discovery.challenge(answered, gateway_of(request).settings)


def _say_methods(app: FastAPI) -> None:
    @app.exception_handler(NOT_ALLOWED)
    async def refused(request: Request, error: HTTPException) -> Response:
        """The methods come from the documents, since the matching route knows only its own."""
        note_code(request, "method-not-allowed")
        allowed = methods_of(app).at(request.scope["path"])
        if allowed is not None:
            error.headers = header(allowed)
        return answer_of(error)


def methods_of(app: FastAPI) -> Methods:
    """Made at the first request, since routes are added until the process serves."""
    made: Methods | None = getattr(app.state, "methods", None)
    if made is None:
        services = documents.service_documents().values()
        paths = [own_methods(app.routes), *(document["paths"] for document in services)]
        made = app.state.methods = Methods(
            {path: at for each in paths for path, at in each.items()}
        )
    return made


def own_methods(routes: Sequence[BaseRoute]) -> dict[str, set[str]]:
    """The methods of each path of the gateway's own OpenAPI, read from the routes: the document
    takes half a second to make, and the first request would wait for it."""
    found: dict[str, set[str]] = {}
    for route in iter_route_contexts(routes):
        if getattr(route, "include_in_schema", False):
            found.setdefault(str(route.path_format), set()).update(route.methods or ())
    return found


def _add_own_routes(app: FastAPI) -> None:
    @app.get("/health", include_in_schema=False)
    async def health() -> dict[str, str]:
        """Answers while the process runs."""
        return {"status": "ok"}

    @app.get("/ready", include_in_schema=False)
    async def ready(request: Request, response: Response) -> dict[str, str]:
        """The services that answer. The gateway is ready as long as partners answers."""
        if LEAVING.is_set():
            response.status_code = 503
            return {"process": "leaving"}
        gateway = gateway_of(request)
        answers = await asyncio.gather(*(_asked(gateway, name) for name in SERVICES))
        answered = dict(zip(SERVICES, answers, strict=True))
        answered["live"] = "ok" if gateway.live.hears else "away"
        if answered["partners"] != "ok":  # no caller can be authenticated
            response.status_code = 503
        return answered

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi(request: Request) -> dict[str, Any]:
        gateway = gateway_of(request)
        return documents.merged_openapi(app.openapi(), gateway.documents, gateway.settings)

    @app.get("/asyncapi.json", include_in_schema=False)
    async def asyncapi() -> dict[str, Any]:
        return documents.asyncapi()

    @app.get("/contracts/{event}.json", include_in_schema=False)
    async def event_schema(event: str, response: Response) -> dict[str, Any]:
        """The JSON Schema of an event's `data`, which its `dataschema` names."""
        response.headers["Cache-Control"] = discovery.KEPT
        return documents.event_schema(event)

    @app.get("/asyncapi-partners.json", include_in_schema=False)
    async def partners_asyncapi(request: Request) -> dict[str, Any]:
        return partner_documents.partners_asyncapi(gateway_of(request).settings)


async def _asked(gateway: Gateway, service: str) -> str:
    try:
        reply = await asyncio.wait_for(
            gateway.upstream.get(service, "/ready", THE_GATEWAY), READY_SECONDS
        )
    except (Refusal, TimeoutError):
        return "away"
    return "ok" if reply.good else "not ready"


app = create_gateway()
