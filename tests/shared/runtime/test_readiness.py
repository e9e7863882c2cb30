"""/ready checks broker and database; logs and traces describe events and name no person."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import httpx
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from shared.core.settings import Settings
from shared.core.telemetry import FIELDS, Lines, span, traceparent
from shared.events.bus import STREAM, connected
from shared.events.inbox import Reaction
from shared.runtime.area import Area
from shared.runtime.service import create_service
from shared.security.principal import Role
from tests.canaries import tracing
from tests.houses import SIGNER, principal, settings_for
from tests.promised import promise
from tests.shared.conftest import until
from tests.shared.events.test_relay import published
from tests.shared.gates import Gate, gated_broker, gated_database
from tests.shared.things import ThingMade, Things, router

KEEPER = principal(Role.BACKBONE)


@asynccontextmanager
async def running(
    settings: Settings, reactions: list[Reaction] | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """The whole service as it runs, with all its workers."""
    app = create_service("partners", Area([router], reactions or []), settings=lambda: settings)
    root = logging.getLogger()
    kept, level = list(root.handlers), root.level
    async with app.router.lifespan_context(app):
        root.handlers, root.level = kept, level
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            yield http


async def ready(http: httpx.AsyncClient) -> tuple[int, Any]:
    answer = await http.get("/ready")
    return answer.status_code, answer.json()


@promise("Requests", "Every answer of a service names the service.")
async def test_every_answer_names_its_service(things: Things) -> None:
    async with things.calling(KEEPER) as http:
        for path in ("/v1/things", "/v1/nothing"):
            assert (await http.get(path)).headers["service"] == "partners"


@promise("Requests", "`/ready` answers from real questions to the broker and the database.")
async def test_ready_reports_a_broker_or_a_database_that_is_away(
    things: Things, own_settings: Settings
) -> None:
    async with AsyncExitStack() as gates:
        address = own_settings.database_url.get_secret_value()
        database_url, database = await gates.enter_async_context(gated_database(address))
        nats_url, broker = await gates.enter_async_context(
            gated_broker(own_settings.nats_url.get_secret_value())
        )
        async with running(settings_for(database_url, nats_url)) as http:
            await until(lambda: _is(http, 200))
            await _away_and_back(http, database, "database", "broker")
            await _away_and_back(http, broker, "broker", "database")
            assert (await http.get("/health")).status_code == 200


async def _away_and_back(http: httpx.AsyncClient, gate: Gate, away: str, there: str) -> None:
    await gate.shut()
    status, answers = await until(lambda: _not(http, 200))
    assert (status, answers[there]) == (503, "ok")
    assert answers[away] != "ok"
    await gate.open()
    await until(lambda: _is(http, 200), 20)


async def test_a_service_without_its_database_answers_503_and_recovers(things: Things) -> None:
    address = things.app.state.settings.database_url.get_secret_value()
    nats = things.app.state.settings.nats_url.get_secret_value()
    token = {"Authorization": f"Bearer {SIGNER.token(KEEPER, 'partners')}"}
    async with gated_database(address) as (through, gate):
        from shared.runtime.service import prepare
        from tests.shared.things import app_for

        settings = settings_for(through, nats)
        app = app_for(settings)
        database = prepare(app, "partners", settings)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://service", headers=token
        ) as http:
            assert (await http.get("/v1/things")).status_code == 200
            await gate.shut()
            for _ in range(3):
                read = await http.get("/v1/things")
                written = await http.post("/v1/things", json={"name": "a"})
                for answer in (read, written):
                    assert answer.status_code == 503, answer.text
                    assert answer.headers["retry-after"]
                    assert answer.json()["code"] in {"database-away", "dependency-away"}
            await gate.open()
            await until(lambda: _answers(http))
        await database.close()
    assert await things.rows("select id from thing") == []


async def test_a_service_is_not_ready_without_its_stream(
    things: Things, own_settings: Settings
) -> None:
    async with running(own_settings) as http:
        await until(lambda: _is(http, 200))
        bus = await connected(own_settings, "test")
        await bus._stream.delete_stream(STREAM)
        await bus.close()
        await until(lambda: _not(http, 200))
        await until(lambda: _is(http, 200), 20)


async def test_a_service_is_not_ready_while_an_event_waits_too_long(
    things: Things, own_settings: Settings
) -> None:
    await things.make(1)
    async with running(own_settings) as http:
        await until(lambda: published(things))
        await until(lambda: _is(http, 200))
        await things.rows(
            "update outbox set published_at = null, time = now() - interval '2 minutes',"
            " type = 'elsewhere.thing.made.v1' returning position"
        )
        status, answers = await until(lambda: _not(http, 200))
    assert status == 503
    assert "has waited" in answers["database"]


async def _is(http: httpx.AsyncClient, status: int) -> bool:
    return (await ready(http))[0] == status


async def _not(http: httpx.AsyncClient, status: int) -> Any:
    answer = await ready(http)
    return answer if answer[0] != status else None


async def _answers(http: httpx.AsyncClient) -> bool:
    return (await http.get("/v1/things")).status_code == 200


@pytest.fixture
def lines() -> Any:
    """What is logged, as the process would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines("partners"))
    handler.setLevel(logging.DEBUG)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


SECRET = "Ann-Marie-Example"


@promise("Access and privacy", "Logs carry no query strings, bodies or tokens.")
async def test_logs_carry_no_query_strings_bodies_or_tokens(
    things: Things, lines: io.StringIO
) -> None:
    token = SIGNER.token(KEEPER, "partners")
    async with things.calling(KEEPER) as http:
        await http.get(f"/v1/things?size=1&q={SECRET}")
        await http.get(f"/v1/things/{SECRET}")
        await http.post("/v1/things", json={"name": SECRET})
        await http.post("/v1/things", json={"name": SECRET})
        await http.post("/v1/things", json={"name": [SECRET], SECRET: 1})
        await http.post("/v1/things", json={"name": SECRET, "size": 13})
        await http.post("/v1/imports/things", files={"file": (SECRET, SECRET.encode())})
    await things.import_file("things", f"{SECRET}\nfault".encode(), KEEPER)
    written = lines.getvalue()
    ours = [
        json.loads(line) for line in written.splitlines()
        if json.loads(line)["logger"] != "httpx"
    ]  # fmt: skip
    assert len([line for line in ours if line["message"] == "request"]) >= 7
    for line in ours:
        assert SECRET not in json.dumps(line), line
        assert token not in json.dumps(line), line
        known = {"time", "level", "service", "logger", "message", "trace", "error", "stack"}
        assert set(line) <= known | set(FIELDS)


async def test_a_request_is_logged_under_its_route_with_its_callers_id(
    things: Things, lines: io.StringIO
) -> None:
    thing_id = str(uuid4())
    async with things.calling(KEEPER) as http:
        await http.get(f"/v1/things/{thing_id}")
    [line] = [
        json.loads(text) for text in lines.getvalue().splitlines()
        if json.loads(text)["message"] == "request"
    ]  # fmt: skip
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/things/{thing_id}", 404)
    assert (line["caller"], line["role"]) == (str(KEEPER.account_id), "backbone")
    assert (line["about"], line["code"]) == ({"thing_id": thing_id}, "thing-unknown")


@promise("Access and privacy", "Traces carry no query strings and no addresses of a client's own.")
async def test_traces_carry_no_query_strings_or_addresses_of_the_clients_own(
    things: Things,
) -> None:
    """FastAPI's own telemetry would send both to the collector, had we let it; and the library's
    the words of an exception, which may quote a row."""
    kept = InMemorySpanExporter()
    tracing().add_span_processor(SimpleSpanProcessor(kept))
    async with things.calling(KEEPER) as http:
        await http.get(f"/v1/things?size=1&q={SECRET}")
        await http.get(f"/v1/things/{SECRET}")
        await http.post("/v1/things", json={"name": SECRET})
    with suppress(ValueError), span("react", None, SpanKind.CONSUMER):
        raise ValueError(SECRET)
    spans = kept.get_finished_spans()
    assert {each.name for each in spans} == {
        "GET /v1/things", "GET /v1/things/{thing_id}", "POST /v1/things", "react",
    }  # fmt: skip
    for each in spans:
        assert SECRET not in each.to_json()
    assert spans[-1].status.description == "ValueError"


@promise("Events", "A trace goes on from the request through the event into the reaction.")
async def test_a_trace_goes_on_from_the_request_through_the_event_into_the_reaction(
    things: Things, own_settings: Settings
) -> None:
    tracing()
    seen: list[str | None] = []

    async def look(_session: Any, _events: Any) -> None:
        seen.append(traceparent())

    begun = "00-" + "a1" * 16 + "-" + "b2" * 8 + "-01"
    token = SIGNER.token(KEEPER, "partners")
    async with running(own_settings, [Reaction(ThingMade, look)]) as http:
        made = await http.post(
            "/v1/things", json={"name": "a"},
            headers={"Authorization": f"Bearer {token}", "traceparent": begun},
        )  # fmt: skip
        assert made.status_code == 201
        async with asyncio.timeout(15):
            while not seen:
                await asyncio.sleep(0.02)
    [event] = await things.events()
    trace_id = begun.split("-")[1]
    assert event["traceparent"].split("-")[1] == trace_id
    assert str(seen[0]).split("-")[1] == trace_id
    assert len({begun, event["traceparent"], seen[0]}) == 3
