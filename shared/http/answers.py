"""Answers every error with a problem document (RFC 9457), which never holds an exception's
text."""

import logging

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shared.core.refusals import (
    FAULTS_SHOWN,
    KINDS,
    BadRequest,
    Conflict,
    Fault,
    Malformed,
    Problem,
    Refusal,
    Unavailable,
)
from shared.persistence.database import Unwritable, is_away

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "1"
REFUSED = "refused"
"""A key of a request's scope: the code of the refusal, for the log."""
# SQLSTATE classes of PostgreSQL that a client's input can cause.
UNSTORABLE = ("22",)
IN_CONFLICT = ("23", "40", "55P03")
AWAY = ("57", "25006")  # stopped for taking too long; a standby that cannot write


def answer(refusal: Refusal) -> Response:
    """The response to a refusal. A 503 also says when to try again."""
    headers = dict(refusal.headers)
    if refusal.status == Unavailable.status:
        headers.setdefault("Retry-After", RETRY_SECONDS)
    return _response(refusal.problem(), headers)


def answer_of(error: HTTPException) -> Response:
    """The response to an error that the framework itself raised."""
    return _response(_http_problem(error), dict(error.headers or {}))


def _response(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    body = problem.model_dump_json(exclude_defaults=True)
    return Response(body, problem.status, headers, media_type=MEDIA_TYPE)


def note_code(request: Request, code: str) -> None:
    """Keeps the code of a refusal for the request's line in the log."""
    request.scope[REFUSED] = code


def answer_refusals(app: FastAPI) -> None:
    """Registers the handlers. An unforeseen exception becomes a 500 without details, and a log
    line."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> Response:
        note_code(request, refusal.code)
        return answer(refusal)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        return await refused(request, _malformed(error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        note_code(request, _http_problem(error).code)
        return answer_of(error)

    @app.exception_handler(DBAPIError)
    @app.exception_handler(asyncpg.PostgresError)
    async def database(request: Request, error: DBAPIError | asyncpg.PostgresError) -> Response:
        return await refused(request, _database_refusal(error))

    @app.exception_handler(PoolTimeout)
    @app.exception_handler(OSError)
    @app.exception_handler(asyncpg.InterfaceError)
    @app.exception_handler(asyncpg.InternalClientError)
    async def away(request: Request, error: Exception) -> Response:
        return await refused(request, _unavailable(error))

    @app.exception_handler(Unwritable)
    async def unwritable(request: Request, error: Unwritable) -> Response:
        """A disclosure that cannot be recorded is neither made nor refused: the answer is 503."""
        log.error("a record could not be written", exc_info=error)
        why = "This could not be recorded, so nothing is disclosed; try again."
        return await refused(request, Unavailable("record-unwritable", why))

    @app.exception_handler(UnicodeEncodeError)
    async def surrogates(request: Request, _error: UnicodeEncodeError) -> Response:
        why = "A text holds half of a character."
        return await refused(request, Malformed("text-unstorable", why))

    @app.exception_handler(ClientDisconnect)
    async def broken_off(request: Request, _error: ClientDisconnect) -> Response:
        """The client is gone and receives nothing. The log shows that the fault was not ours."""
        why = "The connection ended within the body."
        return await refused(request, BadRequest("body-broken-off", why))

    @app.exception_handler(Exception)
    async def unforeseen(_: Request, error: Exception) -> Response:
        log.error("unforeseen", exc_info=error)
        return _response(
            Problem(
                type="urn:problem:unforeseen",
                title="Something went wrong here",
                status=500,
                code="unforeseen",
                detail="The fault is on our side and has been logged.",
            )
        )


def _malformed(error: RequestValidationError) -> Refusal:
    faults = [
        Fault(
            field=".".join(str(part) for part in fault["loc"]),
            code=fault["type"],
            reason=fault["msg"],
        )
        for fault in error.errors()[:FAULTS_SHOWN]
    ]
    if all(fault.field.startswith("body") for fault in faults):
        return Malformed("body-malformed", "The body is not of the declared form.", faults)
    return BadRequest("parameter-malformed", "A parameter is not of the declared form.", faults)


def _http_problem(error: HTTPException) -> Problem:
    kind = KINDS.get(error.status_code)
    codes = {400: "body-unreadable", 404: "route-unknown", 405: "method-not-allowed",
             413: "body-too-large"}  # fmt: skip
    code = codes.get(error.status_code, f"http-{error.status_code}")
    return Problem(
        type=f"urn:problem:{code}",
        title=kind.title if kind else "The request was refused",
        status=error.status_code,
        code=code,
        detail=str(error.detail),
    )


def _database_refusal(error: DBAPIError | asyncpg.PostgresError) -> Refusal:
    """The refusal for an error of the database, which the driver raised itself or SQLAlchemy."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = str(getattr(cause, "sqlstate", "") or "")
    if is_away(error) or state.startswith(AWAY):
        log.warning("database away (%s)", state)
        return Unavailable("database-away", "The database does not answer; try again.")
    if state.startswith(UNSTORABLE) or _unencodable(cause):
        return Malformed(
            "value-unstorable",
            "A value is out of range, or a text holds a character that cannot be stored.",
        )
    if state.startswith(IN_CONFLICT):
        log.warning("database conflict (%s)", state)
        return Conflict(
            "state-changed", "Somebody changed the same record at the same moment; read it again."
        )
    raise error


def _unavailable(error: Exception) -> Refusal:
    if not is_away(error):
        raise error
    log.warning("something is away (%s)", type(error).__name__)
    if isinstance(error, PoolTimeout):
        return Unavailable("overloaded", "Too many requests arrive at once; try again.")
    return Unavailable("dependency-away", "Something that this needs does not answer; try again.")


def _unencodable(cause: BaseException | None) -> bool:
    """Whether asyncpg found a value of the wrong form before sending it; such an error has no
    SQLSTATE."""
    return "DataError" in str(type(cause).__mro__)
