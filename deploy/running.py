"""Starts the whole platform in the right order, and stops it; `make up` and `make smoke` share
this."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import asyncpg
import psutil

from deploy import state
from deploy.broker_keys import MINTING
from deploy.keys import ensure_keys
from deploy.people import OPERATOR, show, with_tokens
from deploy.processes import Process, logged, stop
from deploy.servers import (
    ServerMissing,
    postgres_runs,
    restart_postgres,
    start_nats,
    start_postgres,
    stop_postgres,
)
from deploy.state import LOCAL, LOGS, PEOPLE, Ports
from deploy.tokens import issuer_of
from shared.persistence.migrations import SERVICES

READY_SECONDS = 180.0
PAUSE_SECONDS = 0.25
END_SECONDS = 10.0
LOG_LINES = 15


class NotUp(Exception):
    """The reason why the platform could not be started, in a sentence for a person."""


@contextmanager
def running(asked: threading.Event, *, empty: bool) -> Iterator[list[Process]]:
    """The platform: ready and loaded within the block, stopped after it."""
    started = time.monotonic()
    _ensure_alone()
    for folder in (LOCAL, LOGS):
        folder.mkdir(parents=True, exist_ok=True)
    processes: list[Process] = []
    try:
        keys, ports = ensure_keys(LOCAL / "keys"), state.choose_ports()
        remember(processes)
        databases = _start(ports, keys, processes)
        _wait_until_ready(ports, processes, asked)
        ready = time.monotonic() - started
        if not empty and not PEOPLE.exists():
            _load_demonstration(ports, keys, asked)
        state.write_platform(_platform_file(ports, keys, databases))
        show(state.platform())
        print(f"Ready after {ready:.0f} s, loaded after {time.monotonic() - started:.0f} s.")
        yield processes
    finally:
        _stop(processes)


def _start(ports: Ports, keys: dict[str, str], processes: list[Process]) -> dict[str, str]:
    """Starts everything in its order and fills `processes`, PostgreSQL and the broker first.
    Returns the databases."""
    print("Starting PostgreSQL and the broker …", flush=True)
    databases = _databases(start_postgres(LOCAL / "postgres"))
    processes += [postgres(LOCAL / "postgres"), _broker(ports, keys)]
    processes[1].begin()
    print("Starting four services and the gateway …", flush=True)
    for process in _platform(ports, keys, databases):
        processes.append(process)
        process.begin()
    remember(processes)
    return databases


def _stop(processes: list[Process]) -> None:
    print("Stopping …", flush=True)
    stop(processes[:1:-1])
    stop(processes[1:2])
    stop_postgres(LOCAL / "postgres")
    state.forget()
    print("Stopped. The data is kept.", flush=True)


def keep(processes: list[Process], asked: threading.Event) -> None:
    """Looks after the processes until it is asked to stop."""
    while not asked.wait(PAUSE_SECONDS):
        news = [said for process in processes if (said := _looked_after(process))]
        for said in news:
            print(f"  {said}", flush=True)
        if news:
            remember(processes)


def _looked_after(process: Process) -> str | None:
    try:
        return process.keep()
    except (ServerMissing, OSError) as error:
        return f"{process.name} could not be started: {error}"


def remember(processes: list[Process]) -> None:
    """Records the processes that run now."""
    state.remember([p.running.pid for p in processes if p.running is not None])


def _ensure_alone() -> None:
    if state.launcher() is not None:
        raise NotUp(
            f"The platform runs already, at {state.platform()['gateway']}; `make down` stops it."
            if state.PLATFORM.exists()
            else "The platform is being started already; `make down` stops it."
        )
    end(state.remembered())  # of a launcher that was killed


def end(processes: list[psutil.Process]) -> None:
    """Asks the processes to end, waits, and kills those that do not."""
    for process in processes:
        process.terminate()
    for process in psutil.wait_procs(processes, timeout=END_SECONDS)[1]:
        process.kill()


def _databases(server: str) -> dict[str, str]:
    """The address of each service's database, which is made where it is missing."""

    async def make() -> None:
        admin = await asyncpg.connect(server.replace("+asyncpg", "").format(database="postgres"))
        there = {row["datname"] for row in await admin.fetch("select datname from pg_database")}
        for service in SERVICES:
            if service not in there:
                await admin.execute(f'create database "{service}"')
        await admin.close()

    asyncio.run(make())
    return {service: server.format(database=service) for service in SERVICES}


def postgres(folder: Path) -> Process:
    """The server that `start_postgres` started, as a process to look after. `stop` leaves it
    alone: it would wait for its clients, and must not be killed."""
    return Process(
        "PostgreSQL", lambda: restart_postgres(folder), runs=lambda: postgres_runs(folder)
    )


def _broker(ports: Ports, keys: dict[str, str]) -> Process:
    port, accounts = ports.of["broker"], keys["broker_accounts"]
    return Process(
        "broker", lambda: start_nats(LOCAL / "nats", port, durable=True, accounts=accounts)
    )


def _platform(ports: Ports, keys: dict[str, str], databases: dict[str, str]) -> list[Process]:
    """The five processes, each with the settings and keys it needs and no others."""
    common = {
        "ENVIRONMENT": "local",
        "NATS_URL": f"nats://127.0.0.1:{ports.of['broker']}",
        "PUBLIC_URL": ports.public_url,
        "FIRST_OPERATOR": f"{issuer_of(ports.public_url)}|{OPERATOR}",
    }
    verifying = _chosen(keys, "principal_public_key", "grant_public_key", "cursor_key")
    processes = []
    for service in SERVICES:
        settings = common | verifying | {"DATABASE_URL": databases[service]}
        settings |= {"NATS_CREDENTIALS": keys[f"{service}_nats_credentials"]}
        if service == "partners":
            settings |= _chosen(keys, *MINTING) | {"BROKER_PUBLIC_URL": common["NATS_URL"]}
        if service == "students":
            settings |= _chosen(keys, "grant_private_key")
        processes.append(_process(service, ports, settings))
    settings = common | _chosen(
        keys, "principal_private_key", "access_token_private_key", "development_issuer_key"
    )
    settings |= {"NATS_CREDENTIALS": keys["gateway_nats_credentials"]}
    settings |= {"BROKER_PUBLIC_URL": common["NATS_URL"]}
    settings |= {f"{service}_url".upper(): ports.address(service) for service in SERVICES}
    return [*processes, _process("gateway", ports, settings)]


def _chosen(keys: dict[str, str], *names: str) -> dict[str, str]:
    return {name.upper(): keys[name] for name in names}


def _process(name: str, ports: Ports, settings: dict[str, str]) -> Process:
    listen = f"127.0.0.1:{ports.of[name]}"
    command = [sys.executable, "-m", "deploy.serve", name, listen]
    return Process(name, logged(command, settings, LOGS / f"{name}.log"))


def _wait_until_ready(ports: Ports, processes: list[Process], asked: threading.Event) -> None:
    """Waits until each process answers that it can do its work. Raises NotUp where one ends or
    takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    waiting = [*SERVICES, "gateway"]
    while waiting := [name for name in waiting if not _is_ready(ports, name)]:
        for process in processes:
            if not process.alive:
                raise NotUp(f"{process.name} ended at its start:\n{_tail(process.name)}")
        if time.monotonic() > deadline:
            raise NotUp(f"Not ready in time: {', '.join(waiting)}; see .local/logs.")
        if asked.wait(PAUSE_SECONDS):
            raise NotUp("Stopped before it was ready.")


def _is_ready(ports: Ports, name: str) -> bool:
    try:
        with urlopen(f"{ports.address(name)}/ready", timeout=3) as answer:
            return set(json.load(answer).values()) == {"ok"}
    except (OSError, ValueError):
        return False


def _tail(name: str) -> str:
    log = LOGS / f"{name}.log"
    return "\n".join(log.read_text().splitlines()[-LOG_LINES:]) if log.exists() else ""


def _platform_file(
    ports: Ports, keys: dict[str, str], databases: dict[str, str]
) -> dict[str, Any]:
    """Addresses, databases, and each person with a token for the next 30 days."""
    gateway, issuer = ports.address("gateway"), issuer_of(ports.public_url)
    try:
        people = with_tokens(PEOPLE, keys["development_issuer_key"], issuer, gateway)
    except HTTPError as error:
        raise NotUp(
            f"The first operator is refused ({error.code}): this data was made under another address"
            f" than {ports.public_url}, which its accounts name. Write that address as public_url"
            " into .local/ports.json, and start again."
        ) from error
    return {
        "gateway": gateway,
        "broker": f"nats://127.0.0.1:{ports.of['broker']}",
        "services": {service: ports.address(service) for service in SERVICES},
        "databases": databases,
        **people,
    }


def _load_demonstration(ports: Ports, keys: dict[str, str], asked: threading.Event) -> None:
    """Loads the demonstration through the gateway, as anybody's data comes in. Data that is there
    already stays as it is."""
    settings = {"ENVIRONMENT": "local", "PUBLIC_URL": ports.public_url}
    loading = subprocess.Popen(
        [sys.executable, "-m", "deploy.demonstration",
         "--gateway", ports.address("gateway"), "--people", str(PEOPLE)],
        env={**os.environ, **settings, **_chosen(keys, "development_issuer_key")},
        start_new_session=True,
    )  # fmt: skip
    while loading.poll() is None:
        if asked.wait(PAUSE_SECONDS):
            loading.terminate()
    if loading.returncode:
        raise NotUp("The demonstration was not loaded to its end; `make up` continues it.")
