"""One PostgreSQL and one NATS for each process of a run, a database per service, emptied for each
test."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import hypothesis
import pytest
from prometheus_client import generate_latest
from sqlalchemy import event
from xdist.scheduler import LoadScopeScheduling

from shared.contracts.base import Event
from shared.events.outbox import OutboxRow
from tests.canaries import CanaryLines, CanarySpans, named, tracing
from tests.databases import create, drop, drop_templates
from tests.houses import House, open_house, settings_for
from tests.needs import DATA, unmet
from tests.promised import promise
from tests.servers import Servers, chosen, servers

# The time that an example takes says how busy the machine is.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")


def pytest_report_header() -> str:
    return f"PostgreSQL and NATS: {chosen()}"


# The fixtures that hold a platform of processes. Their tests begin first: they wait the most.
PLATFORMS = {"whole", "loaded", "fragile", "traced"}
JOURNEYS = "tests/journeys/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test whose need is not met is skipped, and the summary says why."""
    items.sort(key=lambda item: PLATFORMS.isdisjoint(item.fixturenames))
    for item in items:
        for mark in item.iter_markers("needs"):
            for reason in filter(None, map(unmet, mark.args)):
                item.add_marker(pytest.mark.skip(reason=reason))


class Together(LoadScopeScheduling):
    """The tests of a file run in one process, and all journeys in one: they share a platform."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return JOURNEYS if file.startswith(JOURNEYS) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


@pytest.fixture(scope="session")
async def running() -> AsyncIterator[Servers]:
    with servers() as started:
        yield started
        await drop_templates(started.database_url)


@pytest.fixture(scope="session", autouse=True)
def an_aggregate_has_events_of_one_kind() -> Iterator[None]:
    """As each event's class says. Consumers ask for kinds, and count the versions of an
    aggregate."""
    kinds: dict[UUID, str] = {}

    def ensure_same(_mapper: object, _connection: object, row: OutboxRow) -> None:
        kind = Event.kinds[row.type].aggregate
        assert kinds.setdefault(row.aggregate_id, kind) == kind, row.type

    event.listen(OutboxRow, "before_insert", ensure_same)
    yield
    event.remove(OutboxRow, "before_insert", ensure_same)


@promise(
    "Access and privacy",
    "No log line, metric or trace of the tests in process holds a name of their people, a birth "
    "date or a telephone number.",
)
@pytest.fixture(scope="session", autouse=True)
def no_child_is_named_in_logs_metrics_or_traces() -> Iterator[None]:
    lines, spans = CanaryLines(), CanarySpans()
    logging.getLogger().addHandler(lines)
    tracing().add_span_processor(spans)
    yield
    logging.getLogger().removeHandler(lines)
    assert lines.found == []
    assert spans.found == []
    assert not named(generate_latest().decode())


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Data that nobody here wrote; not part of the repository."""
    if reason := unmet("data"):
        pytest.skip(reason)
    return DATA


async def _house(running: Servers, name: str) -> AsyncIterator[House]:
    database = f"test_{name}_{os.getpid()}"
    url = await create(running.database_url, database, of=name)
    house = await open_house(name, settings_for(url, running.nats_url))
    yield house
    await house.database.close()
    await drop(running.database_url, database)


@pytest.fixture(scope="session")
async def partners_house(running: Servers) -> AsyncIterator[House]:
    async for house in _house(running, "partners"):
        yield house


@pytest.fixture(scope="session")
async def students_house(running: Servers) -> AsyncIterator[House]:
    async for house in _house(running, "students"):
        yield house


@pytest.fixture(scope="session")
async def resources_house(running: Servers) -> AsyncIterator[House]:
    async for house in _house(running, "resources"):
        yield house


@pytest.fixture(scope="session")
async def outcomes_house(running: Servers) -> AsyncIterator[House]:
    async for house in _house(running, "outcomes"):
        yield house


@pytest.fixture
async def partners(partners_house: House) -> House:
    """The partners service, empty."""
    await partners_house.empty()
    return partners_house


@pytest.fixture
async def students(students_house: House) -> House:
    """The students service, empty."""
    await students_house.empty()
    return students_house


@pytest.fixture
async def resources(resources_house: House) -> House:
    """The resources service, empty."""
    await resources_house.empty()
    return resources_house


@pytest.fixture
async def outcomes(outcomes_house: House) -> House:
    """The outcomes service, empty."""
    await outcomes_house.empty()
    return outcomes_house
