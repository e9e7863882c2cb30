"""How soon a service answers, and what it weighs: `python -m tests.bench starting [rounds]`. Beside it
a bare ASGI function under the same server."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from deploy.servers import free_port
from shared.persistence.migrations import SERVICES, upgrade
from tests.bench.figures import Paper, spread
from tests.bench.places import databases
from tests.houses import GRANT_KEYS, PRINCIPAL_KEYS
from tests.proof.shape import Figures

ROUNDS, IDLE_SECONDS = 5, 1.0
BARE = "tests.bench.yardsticks:app"


@contextmanager
def serving(app: str, environment: dict[str, str]) -> Iterator[tuple[psutil.Process, float]]:
    """Its process, and the seconds until it answered."""
    port = free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log",
         "--log-level", "warning"],
        env=os.environ | environment, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port)
        yield psutil.Process(process.pid), time.perf_counter() - started
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.01)


async def starts_of(app: str, environment: dict[str, str], rounds: int) -> Figures:
    seconds, weights = [], []
    for _ in range(rounds):
        with serving(app, environment) as (process, took):
            await asyncio.sleep(IDLE_SECONDS)
            weights.append(process.memory_info().rss / 2**20)
            seconds.append(took)
    return {"until_it_answers_seconds": spread(seconds), "idle_memory_mebibytes": spread(weights)}


async def main(rounds: float = ROUNDS) -> None:
    paper = Paper("starting", f"python -m tests.bench starting {rounds:g}")
    figures: Figures = {"rounds": int(rounds)}
    async with databases(*SERVICES) as (nats, urls):
        for service, url in zip(SERVICES, urls, strict=True):
            await upgrade(url, service)
            environment = {
                "ENVIRONMENT": "local", "DATABASE_URL": url, "NATS_URL": nats,
                "PRINCIPAL_PUBLIC_KEY": PRINCIPAL_KEYS[1], "GRANT_PRIVATE_KEY": GRANT_KEYS[0],
                "GRANT_PUBLIC_KEY": GRANT_KEYS[1], "CURSOR_KEY": "bench", "LOG_LEVEL": "WARNING",
                "PYTHONPATH": ".",
            }  # fmt: skip
            figures[service] = await starts_of(
                f"services.{service}.app:app", environment, int(rounds)
            )
        bare = {"STATEMENTS": "{}", "PYTHONPATH": "."}
        figures["a bare ASGI function"] = await starts_of(BARE, bare, int(rounds))
    paper.tell(figures)
