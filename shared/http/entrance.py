"""The outermost layer of every process: request log, metrics and trace. It is one pure ASGI layer,
since every further layer costs each request."""

import logging
import re
import time
from typing import Any

from opentelemetry.trace import SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.core.leaving import LEAVING
from shared.core.refusals import TooLarge
from shared.core.telemetry import REQUESTS, span
from shared.http.answers import REFUSED, answer

log = logging.getLogger("request")

TOO_LARGE = answer(TooLarge("body-too-large", "The body is larger than this route takes."))
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
QUIET = frozenset({"/health", "/ready", "/metrics"})
ROUTE = "template"
"""A key of a request's scope: the template of a route that is not the framework's."""
SAYS_WHO = "service"
"""The response header that names the service, since an address may belong to another one by now."""
NEVER_KEPT = (b"cache-control", b"no-store")
"""For answers to callers with a token: such an answer is for this caller alone and may differ a moment
later, so no browser and no proxy stores it."""


class Entrance:
    """Counts, times and traces each request under its route's template, never under its
    address."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service
        self._who = (SAYS_WHO.encode(), service.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        asked = dict(scope["headers"])
        status = 500
        replaced = False

        async def watched(message: Message) -> None:
            nonlocal status, replaced
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], self._who]
                if b"authorization" in asked and not _says_how_long(message):
                    message["headers"] = [*message["headers"], NEVER_KEPT]
                if LEAVING.is_set():
                    message["headers"] = [*message["headers"], (b"connection", b"close")]
                if replaced := _is_bare_refusal(message):
                    await TOO_LARGE(scope, receive, send)
            if not replaced:
                await send(message)

        parent = asked.get(b"traceparent", b"").decode("latin-1") or None
        with span(scope["method"], parent, SpanKind.SERVER) as current:
            try:
                await self._app(scope, receive, watched)
            finally:
                route = route_of(scope)
                current.update_name(f"{scope['method']} {route}")
                self._record(scope, route, status, time.perf_counter() - started)

    def _record(self, scope: Scope, route: str, status: int, seconds: float) -> None:
        REQUESTS.labels(self._service, scope["method"], route, status).observe(seconds)
        caller: Any = scope.get("principal")
        log.info(
            "request",
            extra={
                "method": scope["method"],
                "route": route,
                "about": ids_of(scope),
                "status": status,
                "code": scope.get(REFUSED),
                "milliseconds": round(seconds * 1000, 1),
                "caller": str(caller.account_id) if caller is not None else None,
                "role": caller.role if caller is not None else None,
            },
        )


def _says_how_long(message: Message) -> bool:
    return any(name == b"cache-control" for name, _ in message["headers"])


def _is_bare_refusal(message: Message) -> bool:
    """Whether this is Starlette's own 413, plain text that no inner handler can replace."""
    return message["status"] == TOO_LARGE.status_code and any(
        name == b"content-type" and value.startswith(b"text/plain")
        for name, value in message["headers"]
    )


def ids_of(scope: Scope) -> dict[str, str]:
    """The ids in the request's path, by parameter name. No other text of the client's is among
    them."""
    named = scope.get("path_params") or {}
    return {name: str(id) for name, id in named.items() if ID.fullmatch(str(id))}


def route_of(scope: Scope) -> str:
    """The template of the matched route. A path that a client chose never becomes a label."""
    route = scope.get("route")
    return str(getattr(route, "path", None) or scope.get(ROUTE, "unmatched"))
