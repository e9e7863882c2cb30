"""A process that is signalled to end serves on first, and reports that it leaves."""

import json
import signal
import socket
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
from shared.persistence.revisions import SERVICES
from tests.promised import promise

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


@promise("Requests", "A process that is told to end serves on first, and says that it leaves.")
def test_a_process_signalled_to_end_serves_on_reports_that_it_leaves_and_ends(
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


def test_a_process_signalled_twice_ends_without_waiting(
    gateway: tuple["subprocess.Popen[bytes]", httpx.Client],
) -> None:
    process, http = gateway
    process.send_signal(signal.SIGTERM)
    _until(lambda: http.get("/ready").json() == {"process": "leaving"})
    process.send_signal(signal.SIGTERM)
    _until(lambda: not _answers(http))
    assert process.wait(SECONDS) == -signal.SIGTERM


@promise(
    "Requests",
    "A request that cannot be read as HTTP is refused by a problem document, as any other is.",
)
@pytest.mark.parametrize("sent", [b"GET /v1/search?q=" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
                                  b"\x16\x03\x01\x02\x00\x01", b"GET / SPDY/3\r\n\r\n"])  # fmt: skip
def test_an_unreadable_request_is_refused_by_a_problem_document(
    gateway: tuple["subprocess.Popen[bytes]", httpx.Client], sent: bytes
) -> None:
    address = gateway[1].base_url
    with socket.create_connection((address.host, address.port), SECONDS) as stranger:
        stranger.sendall(sent)
        answer = b"".join(iter(lambda: stranger.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] == "request-unreadable"


@pytest.mark.parametrize("name", [*SERVICES, "gateway"])
def test_a_process_loads_no_migrations_and_no_exporter_before_it_needs_them(name: str) -> None:
    app = "gateway.app" if name == "gateway" else f"services.{name}.app"
    looked = f"import sys, deploy.serve, {app}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", looked], env={"PYTHONPATH": str(ROOT)}, capture_output=True,
        check=True, text=True,
    ).stdout.split()  # fmt: skip
    assert app in loaded
    assert not {"alembic", "opentelemetry.exporter.otlp.proto.http"} & set(loaded)


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
