"""Carries out a request: computes the answer, commits, and only then sends it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError

from shared.core.refusals import FAULTS_SHOWN, BadRequest, Fault, Refusal, refusals
from shared.http.idempotency import answer_once
from shared.http.json_depth import ensure_readable
from shared.persistence.database import LINKS, Unwritable, Work
from shared.security.callers import SAME_FOR_ALL

READS = frozenset({"GET", "HEAD"})
NOT_MODIFIED = 304
BODY_BYTES = 256 * 1024
ALWAYS_DECLARED = (400, 401, 403, 413, 422, 429, 503)

Handle = Callable[[Request], Awaitable[Response]]


class NamedRoute(APIRoute):
    """A route that refuses a query parameter it does not declare, as a body refuses an unknown
    field. Otherwise a misspelled filter would answer with the whole list."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = frozenset(_query_names(self.dependant))

        async def named(request: Request) -> Response:
            if request.scope["query_string"]:
                ensure_named(request, known)
            return await handle(request)

        return named


class TransactedRoute(NamedRoute):
    """A route that carries out each request in one transaction. A write runs to its end even if
    the client disconnects, so that no connection is left with half a transaction."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def carry_out(request: Request) -> Response:
            ensure_text(request)
            if request.method in READS:
                return _unless_known(request, await _in_transaction(request, handle))
            await ensure_readable(request)
            return await asyncio.shield(_in_transaction(request, handle))

        return carry_out


def _query_names(dependant: Dependant) -> Iterator[str]:
    yield from (parameter.alias for parameter in dependant.query_params)
    for further in dependant.dependencies:
        yield from _query_names(further)


def ensure_named(request: Request, known: frozenset[str]) -> None:
    """Raises `parameter-unknown` (400), which names the parameters that exist."""
    strange = sorted({name for name in request.query_params if name not in known})
    if strange:
        there = f"there are {', '.join(sorted(known))}" if known else "there are none"
        faults = [
            Fault(field=f"query.{name}", code="unknown", reason=f"Not a parameter here; {there}")
            for name in strange[:FAULTS_SHOWN]
        ]
        raise BadRequest("parameter-unknown", "This address has no such parameter.", faults)


async def _in_transaction(request: Request, handle: Handle) -> Response:
    work = request.scope["work"] = Work(request.app.state.database)
    well = False
    try:
        key = request.headers.get("idempotency-key")
        if key is not None and request.method == "POST":
            response = await answer_once(request, key, handle)
        else:
            response = await handle(request)
        _name_links(work, response)
        well = True
    except Refusal as refusal:
        await work.finish(well=False)
        try:
            await _keep(work, refusal)
        except DBAPIError as error:
            raise Unwritable from error
        raise
    finally:
        await work.finish(well=well)
    return response


def _name_links(work: Work, response: Response) -> None:
    """Adds the links of the transaction to the Link header, beside those it has, such as the next
    page."""
    links = work.session.info.get(LINKS) if work.session is not None else None
    if links:
        known = response.headers.get("link")
        response.headers["Link"] = ", ".join([*([known] if known else ()), *links])


async def _keep(work: Work, refusal: Refusal) -> None:
    """Writes the rows that a refusal asks to keep. The refusal is sent only after that."""
    if refusal.keeping is not None:
        rows = refusal.keeping if isinstance(refusal.keeping, list) else [refusal.keeping]
        async with work.database.transaction() as session:
            session.add_all(rows)


def ensure_text(request: Request) -> None:
    """Raises `parameter-malformed` (400) for a query with a NUL, which PostgreSQL cannot store."""
    if b"%00" not in request.scope["query_string"]:
        return
    faults = [
        Fault(field=f"query.{name}", code="text_unstorable", reason="A text holds a NUL")
        for name, value in request.query_params.multi_items()
        if "\0" in value
    ]
    raise BadRequest("parameter-malformed", "A parameter is not of the declared form.", faults)


def _unless_known(request: Request, response: Response) -> Response:
    """The response, or 304 where it is the same for every caller and the client already has this
    version. An answer about a child depends on more than its version: on consents, agreements, the
    purpose, the clock and the caller. A 304 there could confirm a copy that another caller got, or
    that was right before."""
    etag = response.headers.get("etag")
    known = request.headers.get("if-none-match", "")
    if not request.scope.get(SAME_FOR_ALL):
        return response
    if etag is None or (etag not in known and known.strip() != "*"):
        return response
    kept = {name: response.headers[name] for name in ("etag", "link") if name in response.headers}
    return Response(status_code=NOT_MODIFIED, headers=kept)


def noun(name: str, prefix: str | None = None) -> APIRouter:
    """The router of a noun: `/v1/<name>`, its tag, one transaction a request."""
    return APIRouter(
        prefix=f"/v1/{name}" if prefix is None else prefix,
        tags=[name],
        route_class=TransactedRoute,
        max_body_size=BODY_BYTES,
        responses=refusals(*ALWAYS_DECLARED),
    )


def internal() -> APIRouter:
    """The router of the gateway's composition, `/internal/…`; its routes are not in the public
    OpenAPI."""
    return APIRouter(
        prefix="/internal",
        route_class=TransactedRoute,
        max_body_size=BODY_BYTES,
        include_in_schema=False,
    )
