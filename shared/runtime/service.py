"""Builds a service's app from what its area brings; the same way for all four services."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.core.leaving import LEAVING
from shared.core.settings import Settings, from_environment
from shared.core.tasks import end
from shared.core.telemetry import NONE_OF_THE_FRAMEWORK, start_telemetry
from shared.events.bus import Bus, NatsError, connected
from shared.events.inbox import Inbox, Reaction, sources_of
from shared.events.outbox import TO_SERVICES
from shared.events.outlet import Outlet
from shared.events.relay import relay_for_ever
from shared.http.answers import answer_refusals
from shared.http.entrance import Entrance
from shared.http.openapi import complete_openapi, operation_id
from shared.http.route_table import RouteTable
from shared.imports.brake import Brake
from shared.imports.routes import import_for_ever, import_router
from shared.persistence.database import Database
from shared.runtime.area import Area
from shared.runtime.upkeep import oldest_waiting_seconds, upkeep_for_ever
from shared.security.grants import GrantSigner, GrantVerifier
from shared.security.principal import PrincipalVerifier

log = logging.getLogger(__name__)

CONNECT_AGAIN_SECONDS = 1
OUTBOX_AGE_READY_SECONDS = 60
READY_SECONDS = 2


@dataclass
class Runtime:
    """The work that runs beside the routes, and what it uses."""

    database: Database
    outlets: Sequence[Outlet]
    bus: Bus | None = None
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)


def create_service(
    name: str, area: Area, settings: Callable[[], Settings] = from_environment
) -> FastAPI:
    """The app of the service `name`, with everything that `area` brings. `area`: the service's
    areas joined. `settings` is called when the app starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        known = settings()
        start_telemetry(name, known)
        database = prepare(app, name, known)
        for start in area.on_start:
            await start(database, known)
        runtime = app.state.runtime = Runtime(database, (TO_SERVICES, *area.outlets))
        work = [
            *(relay_for_ever(known, database, outlet) for outlet in runtime.outlets),
            upkeep_for_ever(database, known, runtime.outlets, area.gauges),
            _react_for_ever(runtime, known, area.reactions),
            *(worker(database, known) for worker in area.workers),
        ]
        if area.imports:
            waiting = app.state.imports_waiting
            work.append(import_for_ever(database, area.imports, waiting, _brake(known)))
        runtime.tasks = [asyncio.create_task(_or_end(name, each)) for each in work]
        yield
        await _stop(runtime)

    app = FastAPI(
        title=name.capitalize(),
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry=NONE_OF_THE_FRAMEWORK,
        generate_unique_id_function=operation_id,
        redirect_slashes=False,  # a redirect would name an address behind the gateway
    )
    for router in area.routers:
        app.include_router(router)
    if area.imports:
        app.include_router(import_router(area.imports))
    _add_own_routes(app)
    answer_refusals(app)
    complete_openapi(app, repeats=True)
    RouteTable(app)
    app.add_middleware(Entrance, service=name)
    return app


def prepare(app: FastAPI, name: str, settings: Settings) -> Database:
    """Puts the settings, keys and database that requests need into `app.state`, and gives the
    database. Raises ValueError where a key is missing."""
    state = app.state
    state.settings = settings
    state.database = Database(settings, name)
    state.principals = PrincipalVerifier(settings.principal_public_key, name)
    state.grants = GrantVerifier(settings.grant_public_key)
    if settings.grant_private_key.get_secret_value():
        state.grant_signer = GrantSigner(settings.grant_private_key.get_secret_value())
    state.cursor_keys = settings.cursor_key.get_secret_value().encode().splitlines()
    if not state.cursor_keys:
        raise ValueError("CURSOR_KEY is not set")
    state.imports_waiting = asyncio.Event()
    database: Database = state.database
    return database


def _brake(settings: Settings) -> Brake:
    return Brake(
        settings.import_ending_share, settings.import_ending_least,
        settings.import_confirmation_days,
    )  # fmt: skip


async def _react_for_ever(
    runtime: Runtime, settings: Settings, reactions: Sequence[Reaction]
) -> None:
    """Connects once; the connection mends itself, and its end is the end of the process."""
    while runtime.bus is None:
        try:
            runtime.bus = await connected(settings, runtime.database.name)
        except (OSError, NatsError, TimeoutError) as error:
            log.warning("no broker yet (%s)", type(error).__name__)
            await asyncio.sleep(CONNECT_AGAIN_SECONDS)
    inboxes = [Inbox(runtime.database, source, reactions) for source in sources_of(reactions)]
    consuming = [asyncio.create_task(inbox.consume_for_ever(runtime.bus)) for inbox in inboxes]
    try:
        await runtime.bus.closed.wait()
    finally:
        for task in consuming:
            task.cancel()
    raise ConnectionError("the broker closed the connection for good")


async def _or_end(name: str, work: Coroutine[Any, Any, None]) -> None:
    """Runs `work`, and ends the process when `work` ends. The process is then started anew;
    without one of its workers it would answer requests and leave their work undone."""
    try:
        await work
    except asyncio.CancelledError:
        raise
    except Exception:
        log.exception("a worker of %s ended", name)
    os.kill(os.getpid(), signal.SIGTERM)


async def _stop(runtime: Runtime) -> None:
    await end(*runtime.tasks)
    if runtime.bus is not None:
        await runtime.bus.close()
    await runtime.database.close()


def _add_own_routes(app: FastAPI) -> None:
    @app.get("/health", include_in_schema=False)
    async def health() -> dict[str, str]:
        """The process runs."""
        return {"status": "ok"}

    @app.get("/ready", include_in_schema=False)
    async def ready(request: Request, response: Response) -> dict[str, str]:
        """Whether the process can do its work now: each line is the result of a check against the
        database or the broker."""
        if LEAVING.is_set():
            response.status_code = 503
            return {"process": "leaving"}
        answers = await _ask_all(request.app.state.runtime)
        if any(answer != "ok" for answer in answers.values()):
            response.status_code = 503
        return answers

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _ask_all(runtime: Runtime) -> dict[str, str]:
    questions = {
        "database": _age(runtime),
        "broker": _ping(runtime),
    }
    answers = await asyncio.gather(
        *(asyncio.wait_for(question, READY_SECONDS) for question in questions.values()),
        return_exceptions=True,
    )
    return {
        name: "ok" if answer is None else str(answer) or type(answer).__name__
        for name, answer in zip(questions, answers, strict=True)
    }


async def _age(runtime: Runtime) -> None:
    ages = [await oldest_waiting_seconds(runtime.database, each) for each in runtime.outlets]
    age = max(ages)
    if age > OUTBOX_AGE_READY_SECONDS:
        raise TimeoutError(f"the oldest event has waited {age:.0f} seconds")


async def _ping(runtime: Runtime) -> None:
    if runtime.bus is None:
        raise ConnectionError("not connected yet")
    await runtime.bus.ping()
