"""The throw-away service on real servers; a broker of its own where one is to be hurt."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.servers import free_port, start_nats
from shared.core.settings import Settings
from shared.runtime.service import prepare
from tests.databases import create, drop
from tests.houses import settings_for
from tests.servers import Servers
from tests.shared.things import IMPORTS, REACTIONS, Things, app_for


@pytest.fixture(scope="session")
async def things_house(running: Servers) -> AsyncIterator[Things]:
    name = f"test_things_{os.getpid()}"
    settings = settings_for(await create(running.database_url, name), running.nats_url)
    app = app_for(settings)
    house = Things("partners", app, prepare(app, "partners", settings), REACTIONS, IMPORTS)
    await house.make_tables()
    yield house
    await house.database.close()
    await drop(running.database_url, name)


@pytest.fixture
async def things(things_house: Things) -> Things:
    """The throw-away service, empty."""
    await things_house.empty()
    return things_house


class Broker:
    """A broker that a test may stop, start, and rob of its disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._process: Any = None

    def start(self) -> None:
        self._process = start_nats(self.folder, self.port)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker of the test's own, without a stream."""
    own = Broker(tmp_path / "nats")
    own.start()
    yield own
    own.kill()


@pytest.fixture
def own_settings(things: Things, broker: Broker) -> Settings:
    """The throw-away service's, with the test's own broker."""
    return settings_for(str(things.app.state.settings.database_url.get_secret_value()), broker.url)


async def until(
    holds: Callable[[], Awaitable[Any]], seconds: float = 15, every: float = 0.02
) -> Any:
    """Waits until `holds` answers with something true, and gives that back."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        answer = await holds()
        if answer:
            return answer
        assert asyncio.get_running_loop().time() < deadline, f"not within {seconds} seconds"
        await asyncio.sleep(every)
