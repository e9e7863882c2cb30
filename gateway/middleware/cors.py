"""Web frontends of other origins (CORS): none, unless the operator names them.

The caller is authenticated by a header that the frontend's own code sets, never by credentials that
a browser adds itself, so no credentials are allowed. Only browsers enforce these rules.
"""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.core.refusals import Forbidden
from shared.http.answers import answer

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SENT = (
    "Authorization", "Acting-As", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match",
    "Last-Event-ID", "Purpose", "traceparent",
)  # fmt: skip
READ = (
    "Content-Disposition", "ETag", "Idempotency-Replayed", "Link", "Location", "Retry-After",
    "WWW-Authenticate",
)  # fmt: skip
REMEMBERED_SECONDS = 600
REFUSED = answer(
    Forbidden("cross-origin-refused", "This origin, method or header is not allowed here.")
)


class Origins:
    """Reads the settings at the first request, since the middleware is built before them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._door: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._door is None:
            allowed = scope["app"].state.gateway.settings.origins()
            self._door = _Door(self._app, allowed) if allowed else self._app
        await self._door(scope, receive, send)


class _Door(CORSMiddleware):
    def __init__(self, app: ASGIApp, allowed: tuple[str, ...]) -> None:
        super().__init__(
            app, allow_origins=allowed, allow_methods=METHODS, allow_headers=SENT,
            expose_headers=READ, max_age=REMEMBERED_SECONDS,
        )  # fmt: skip

    def preflight_response(self, request_headers: Headers) -> Response:
        found = super().preflight_response(request_headers)
        return REFUSED if found.status_code >= 400 else found  # noqa: PLR2004
