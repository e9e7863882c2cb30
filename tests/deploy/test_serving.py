"""A process that is told to end first serves on, and says that it leaves."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.keys import ensure_keys
from deploy.processes import logged
from deploy.servers import free_port

ROOT = Path(__file__).parents[2]
SECONDS = 30


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", httpx.Client]]:
    """Alone: no service answers it, nor the broker."""
    port = free_port()
    keys = {name.upper(): key for name, key in ensure_keys(tmp_path / "keys").items()}
    known = {"ENVIRONMENT": "local", "DRAIN_SECONDS": "3", "PYTHONPATH": str(ROOT),
             "NATS_URL": "nats://127.0.0.1:1", **keys}  # fmt: skip
    known["NATS_CREDENTIALS"] = keys["GATEWAY_NATS_CREDENTIALS"]
    command = [sys.executable, "-m", "deploy.serve", "gateway", f"127.0.0.1:{port}"]
    process = logged(command, known, tmp_path / "log")()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as http:
        _until(lambda: _answers(http))
        yield process, http
    process.kill()
    process.wait()


def test_told_to_end_it_serves_on_says_that_it_leaves_and_ends(
    gateway: tuple["subprocess.Popen[bytes]", httpx.Client],
) -> None:
    process, http = gateway
    before = http.get("/v1/no-such-noun")
    process.send_signal(signal.SIGTERM)
    _until(lambda: http.get("/ready").json() == {"process": "leaving"})
    after = http.get("/v1/no-such-noun")
    assert "connection" not in before.headers
    assert (after.status_code, after.headers["connection"]) == (before.status_code, "close")
    assert http.get("/ready").status_code == 503
    assert process.wait(SECONDS) == -signal.SIGTERM
    assert not _answers(http)


def test_told_twice_it_ends_without_waiting(
    gateway: tuple["subprocess.Popen[bytes]", httpx.Client],
) -> None:
    process, http = gateway
    process.send_signal(signal.SIGTERM)
    _until(lambda: http.get("/ready").json() == {"process": "leaving"})
    process.send_signal(signal.SIGTERM)
    _until(lambda: not _answers(http))
    assert process.wait(SECONDS) == -signal.SIGTERM


def _answers(http: httpx.Client) -> bool:
    try:
        return http.get("/health").status_code == 200
    except httpx.TransportError:
        return False


def _until(holds) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
