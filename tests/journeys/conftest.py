"""The whole platform, started once for the journeys of a run."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.keys import ensure_keys
from deploy.servers import free_port, start_nats
from tests.platform import Platform, platform
from tests.servers import Servers


@pytest.fixture(scope="session")
async def whole(
    running: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Platform]:
    """Five processes. The broker is their own: the stream is one for all who share a broker."""
    folder: Path = tmp_path_factory.mktemp("platform")
    port = free_port()
    accounts = ensure_keys(folder / "keys")["broker_accounts"]
    broker = start_nats(folder / "nats", port, accounts=accounts)
    try:
        async with platform(folder, running.database_url, f"nats://127.0.0.1:{port}") as made:
            yield made
    finally:
        broker.kill()
        broker.wait()
