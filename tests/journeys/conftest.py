"""The whole platform, started once for the journeys of a run."""

from collections.abc import AsyncIterator

import pytest

from tests.platform import Platform, own_broker
from tests.servers import Servers


@pytest.fixture(scope="session")
async def whole(
    running: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Platform]:
    """Five processes, and a broker of their own."""
    async with own_broker(tmp_path_factory.mktemp("platform"), running.database_url) as made:
        yield made
