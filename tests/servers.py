"""The one place that chooses on which PostgreSQL and NATS the tests run.

1. TEST_DATABASE_URL (with `{database}` in it) and TEST_NATS_URL: servers that run already.
2. testcontainers, where a Docker engine answers (unless TEST_SERVERS=embedded).
3. Servers of this machine: PostgreSQL out of a Python package, nats-server from the PATH.
"""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.servers import free_port, start_nats, start_postgres, stop_postgres
from tests.needs import engine

# Each container here is stopped where it was started; Ryuk would be one more image to fetch.
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
POSTGRES_IMAGE = "postgres:17"
NATS_IMAGE = "nats:2.15"


@dataclass(frozen=True)
class Servers:
    """`database_url` has `{database}` where the name of a database goes."""

    kind: str
    database_url: str
    nats_url: str


def chosen() -> str:
    if os.environ.get("TEST_DATABASE_URL") and os.environ.get("TEST_NATS_URL"):
        return "given"
    wanted = os.environ.get("TEST_SERVERS")
    return wanted or ("containers" if engine() else "embedded")


@contextmanager
def servers() -> Iterator[Servers]:
    """Stopped also when this process is told to end, or its terminal closes."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    kinds = {"given": _given, "containers": _containers, "embedded": _embedded}
    with kinds[chosen()]() as running:
        yield running


@contextmanager
def _given() -> Iterator[Servers]:
    yield Servers("given", os.environ["TEST_DATABASE_URL"], os.environ["TEST_NATS_URL"])


@contextmanager
def _containers() -> Iterator[Servers]:
    from testcontainers.community.postgres import PostgresContainer
    from testcontainers.core.container import DockerContainer

    postgres = PostgresContainer(
        POSTGRES_IMAGE, username="postgres", password="test"
    ).with_command(
        "postgres -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        " -c max_connections=300"
    )
    nats = DockerContainer(NATS_IMAGE).with_exposed_ports(4222).with_command("-js")
    with postgres, nats:
        address = postgres.get_connection_url(driver="asyncpg").rpartition("/")[0]
        host, port = nats.get_container_host_ip(), nats.get_exposed_port(4222)
        _wait_for_port(host, int(port))
        yield Servers("containers", address + "/{database}", f"nats://{host}:{port}")


def _wait_for_port(host: str, port: int) -> None:
    import socket
    import time

    for _ in range(100):
        try:
            with socket.create_connection((host, port), 1) as talk:
                if talk.recv(4).startswith(b"INFO"):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the broker's container does not answer")


@contextmanager
def _embedded() -> Iterator[Servers]:
    with open_folder() as folder:
        port = free_port()
        database_url = start_postgres(folder / "postgres", durable=False)
        nats = start_nats(folder / "nats", port)
        try:
            yield Servers("embedded", database_url, f"nats://127.0.0.1:{port}")
        finally:
            nats.kill()
            nats.wait()
            stop_postgres(folder / "postgres")


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder for a PostgreSQL, which runs as another user where the tests run as root: each run
    of pytest that begins closes the folders of the others to that user."""
    folder = Path(tempfile.mkdtemp(prefix="platform-tests-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
