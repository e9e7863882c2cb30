"""The processes that `make up` starts stay up."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest

from deploy import running, state
from deploy.keys import ensure_keys
from deploy.running import keep, postgres
from deploy.servers import postgres_runs, start_postgres, stop_postgres
from deploy.state import Ports
from tests.servers import open_folder

AGAIN_SECONDS = 30


class Refusing(BaseHTTPRequestHandler):
    """A gateway that knows nobody."""

    def do_GET(self) -> None:
        self.send_response(403)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def refusing() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server.server_port
        server.shutdown()
        serving.join()


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made / "postgres"


def test_data_of_another_address_ends_the_start_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusing: int
) -> None:
    monkeypatch.setattr(running, "PEOPLE", tmp_path / "people.json")
    ports = Ports("http://127.0.0.1:1", {"gateway": refusing, "broker": 2})
    keys = ensure_keys(tmp_path / "keys")
    with pytest.raises(running.NotUp, match="Write that address as public_url"):
        running._platform_file(ports, keys, {})


def test_a_postgresql_that_was_killed_is_started_again(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "_RUNNING", tmp_path / "running.json")
    start_postgres(folder, durable=False)
    asked = threading.Event()
    keeper = threading.Thread(target=keep, args=([postgres(folder)], asked))
    keeper.start()
    try:
        killed = int((folder / "postmaster.pid").read_text().split()[0])
        psutil.Process(killed).kill()
        deadline = time.monotonic() + AGAIN_SECONDS
        while psutil.pid_exists(killed) or not postgres_runs(folder):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        asked.set()
        keeper.join()
        stop_postgres(folder)
    assert not postgres_runs(folder)
