"""The processes that `make up` starts stay up."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy import state
from deploy.running import keep, postgres
from deploy.servers import postgres_runs, start_postgres, stop_postgres
from tests.servers import open_folder

AGAIN_SECONDS = 30


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made / "postgres"


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
