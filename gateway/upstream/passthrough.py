"""Passing a service's own API through: the same path, the caller as principal, the answer
unchanged.

A request to resources or outcomes that names a child carries students' grant for that child,
fetched anew for each request: they disclose nothing without it. A request to partners that gives
somebody a role as a person of a district's records is passed on once students knows that person.
"""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote
from uuid import UUID

import aiohttp
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from gateway.upstream.client import AWAY, PASS_SECONDS, STREAM, Upstream, down
from shared.contracts.students.access import Category
from shared.core.refusals import NotFound, Refusal, TooLarge, Unavailable
from shared.http.json_depth import is_deep
from shared.http.route import BODY_BYTES
from shared.security.principal import Principal, Role

REQUEST_HEADERS = (
    "accept", "accept-language", "content-type", "idempotency-key", "if-match", "if-none-match",
)  # fmt: skip
RESPONSE_HEADERS = (
    "allow", "cache-control", "content-disposition", "content-type", "etag", "idempotency-replayed",
    "link", "location", "retry-after",
)  # fmt: skip
IMPORT_BYTES = 65 * 1024 * 1024
CHILD_SERVICES = {"resources": Category.RESOURCES, "outcomes": Category.MEASURES}
"""The category of a child's data that each of them discloses under a grant of students."""
ASSIGNMENTS = "/v1/assignments"
PERSON_NAMED = frozenset({"/v1/memberships", "/v1/invitations"})
"""Where a body names the person of a district's records for whom a role is."""
TABLE = "text/csv"
JSON = frozenset({"application/json", "application/problem+json"})
BEGINS, ENDS = (b"{", b"["), (b"}", b"]")
SAFE = frozenset({"GET", "HEAD"})
ROLES = [role.value for role in Role]
PLAIN = re.compile(r"/[A-Za-z0-9._~/-]*", re.ASCII)


async def pass_on(
    request: Request, upstream: Upstream, caller: Principal, service: str
) -> Response:
    """The service's answer, whatever it is. Raises Unavailable where the service is down."""
    headers = upstream.headers(service, caller)
    headers |= {name: request.headers[name] for name in REQUEST_HEADERS if name in request.headers}
    path = plain_path(request.scope["path"])
    body: Any = None
    if request.method not in SAFE:
        body = Upload(request) if path.startswith("/v1/imports/") else await _whole(request)
    if path in PERSON_NAMED and request.method not in SAFE:
        await _ensure_person(upstream, caller, request, body)
    if service in CHILD_SERVICES:
        headers |= await _grant(upstream, caller, CHILD_SERVICES[service], request, body)
    query = f"?{request.url.query}" if request.url.query else ""
    seconds = None if streaming(request) else PASS_SECONDS
    return await _ask(
        upstream, service, request.method, quote(path) + query, seconds, headers, body
    )


def streaming(request: Request) -> bool:
    """Whether the answer may be an endless stream of events."""
    asked = request.headers.get("accept", "").startswith(STREAM)
    return asked or request.scope["path"].endswith("/progress")


def plain_path(path: str) -> str:
    """The path, if every program on the way reads it alike. Raises NotFound for one with dots that
    climb, empty segments or characters that are not printable."""
    if not PLAIN.fullmatch(path) or {"", ".", ".."} & set(path.split("/")[1:]):
        raise NotFound("route-unknown", "There is nothing at this address.")
    return path


async def _ask(
    upstream: Upstream, service: str, method: str, path: str, seconds: float | None,
    headers: dict[str, str], body: Any,
) -> Response:  # fmt: skip
    once = isinstance(body, Upload)  # already read from the client
    again = not once and (method in SAFE or (method == "POST" and "idempotency-key" in headers))
    try:
        answer, said = await upstream.send(
            service, method, path, again=again, unreached=not once,
            seconds=seconds, headers=headers, data=body,
        )  # fmt: skip
    except AWAY as error:
        if isinstance(body, Upload) and body.too_large:
            raise body.refusal() from error
        raise down(service) from error
    if answer.content_type == STREAM:
        return StreamingResponse(
            _stream(answer), answer.status, _kept(answer.headers), media_type=STREAM
        )
    ensure_answer(service, answer.content_type, said)
    return Response(said, answer.status, _kept(answer.headers))


def ensure_answer(service: str, kind: str, body: bytes) -> None:
    """Raises Unavailable for an answer that is not the service's, or that is incomplete. Parsing
    each answer would cost more than all the rest of passing it on."""
    whole = kind in JSON and body.startswith(BEGINS) and body.endswith(ENDS)
    if body and not whole and kind != TABLE:
        raise down(service)


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in RESPONSE_HEADERS if name in headers}


async def _stream(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async with answer:
        async for chunk in answer.content.iter_any():
            yield chunk


async def _whole(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise TooLarge("body-too-large", f"A body may have at most {BODY_BYTES} bytes.")
    return body


class Upload:
    """A file on its way through, one piece in memory at a time. The client library reads it and
    reports only that it broke off; `too_large` gives the reason."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.too_large = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._request.stream():
            size += len(chunk)
            self.too_large = size > IMPORT_BYTES
            if self.too_large:
                raise self.refusal()
            yield chunk

    def refusal(self) -> Refusal:
        return TooLarge("body-too-large", f"A file may have at most {IMPORT_BYTES} bytes.")


async def _grant(
    upstream: Upstream, caller: Principal, category: Category, request: Request, body: Any
) -> dict[str, str]:
    """The grant for the named child; for a student who acts, or asks for the own assignments, the
    student is the child. A named class must be one that the caller may know. Raises students'
    refusal: hidden and absent alike."""
    named = _named(request, body)
    if "class_id" in named and request.method not in SAFE:
        await upstream.need("students", f"/v1/classes/{named['class_id']}", caller)
    child = named.get("student_id")
    own = request.method not in SAFE or request.scope["path"].startswith(ASSIGNMENTS)
    if child is None and caller.role is Role.STUDENT and own:
        child = caller.person_id
    if child is None:
        return {}
    answer = await upstream.need(
        "students", f"/internal/students/{child}/grant", caller, {"category": category}
    )
    return {"Grant": str(answer["grant"])}


async def _ensure_person(
    upstream: Upstream, caller: Principal, request: Request, body: Any
) -> None:
    """Whoever is to have a role as a person of a district's records must be one. Raises students'
    refusal."""
    said = _said(request, body)
    named = _ids(said, "person_id")
    if "person_id" in named and said.get("role") in ROLES:
        path = f"/internal/people/{named['person_id']}/roles/{said['role']}"
        await upstream.need("students", path, caller)


def _named(request: Request, body: Any) -> dict[str, UUID]:
    """`student_id` and `class_id` of the query or of a JSON body."""
    return _ids(_said(request, body), "student_id", "class_id")


def _said(request: Request, body: Any) -> dict[str, Any]:
    """What the query and a JSON body say."""
    said: dict[str, Any] = dict(request.query_params)
    if isinstance(body, bytes) and not is_deep(body):  # a service refuses a deep body
        with suppress(ValueError):
            # The services' own parser reads the body. Another parser could overlook a child, a class
            # or a person that the service then finds.
            read = json.loads(body)
            said |= read if isinstance(read, dict) else {}
    return said


def _ids(said: dict[str, Any], *names: str) -> dict[str, UUID]:
    """Those of `names` that are UUIDs. Anything else is left to the service to refuse."""
    named = {}
    for name in names:
        with suppress(ValueError, TypeError, AttributeError):
            named[name] = UUID(said.get(name))
    return named


IMPORT_SERVICES = {
    "oneroster": "students",
    "attendance": "students",
    "hsds": "partners",
    "learning-resources": "resources",
    "standards": "resources",
    "observations": "outcomes",
}


class ImportPlaces:
    """The service of an import, known by its kind when it is made and asked for afterwards."""

    KEPT = 10_000

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._known: dict[str, str] = {}

    async def of(self, request: Request, caller: Principal) -> str:
        """The service of the import. Raises the same refusal for an unknown import and for another
        caller's."""
        name = plain_path(request.scope["path"]).split("/")[3]
        if name in IMPORT_SERVICES:
            return IMPORT_SERVICES[name]
        if name not in self._known:
            if len(self._known) >= self.KEPT:
                self._known.clear()
            self._known[name] = await self._find(name, caller)
        return self._known[name]

    async def _find(self, name: str, caller: Principal) -> str:
        away: Refusal | None = None
        for service in dict.fromkeys(IMPORT_SERVICES.values()):
            try:
                reply = await self._upstream.get(service, f"/v1/imports/{name}", caller)
            except Unavailable as error:
                away = error
                continue
            if reply.good:
                return service
            if reply.status != NotFound.status:
                raise reply.refusal(service)
        if away is not None:
            raise away
        raise NotFound("import-unknown", "There is no such import.")
