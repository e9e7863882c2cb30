"""One PostgreSQL and one NATS for the whole run, a database per service, emptied for each test."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from prometheus_client import generate_latest

from tests.canaries import CanaryLines, CanarySpans, named, tracing
from tests.houses import House, open_house, settings_for
from tests.servers import Servers, chosen, servers

DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_report_header() -> str:
    return f"PostgreSQL and NATS: {chosen()}"


@pytest.fixture(scope="session")
def running() -> Iterator[Servers]:
    with servers() as started:
        yield started


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
    if not DATA.is_dir():
        pytest.skip("the folder of real data is not here")
    return DATA


async def _house(running: Servers, name: str) -> AsyncIterator[House]:
    database = f"test_{name}_{os.getpid()}"
    await _recreate(running, database)
    url = running.database_url.format(database=database)
    house = await open_house(name, settings_for(url, running.nats_url))
    yield house
    await house.database.close()
    await _recreate(running, database, again=False)


async def _recreate(running: Servers, database: str, *, again: bool = True) -> None:
    admin = await asyncpg.connect(
        running.database_url.format(database="postgres").replace("+asyncpg", "")
    )
    await admin.execute(f'drop database if exists "{database}" with (force)')
    if again:
        await admin.execute(f'create database "{database}"')
    await admin.close()


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
