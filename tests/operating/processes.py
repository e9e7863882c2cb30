"""How long each process takes to start, and what memory it takes.

`python -m tests.operating.processes [--rounds 5] [--print]`

Each process is killed and started again, one at a time, until it says that it is ready, on servers
of its own; beside each round stand a bare interpreter and a bare app. With `--print` nothing is
published. Memory is what the process has to itself and its share of what it shares (PSS), idle.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from deploy.reproducible import compare
from deploy.sbom import sbom
from deploy.servers import free_port
from tests.platform import PROCESSES, Platform, own_servers
from tests.proof.machine import publish, the_machine

MEBIBYTE = 2**20
Measured = dict[str, list[tuple[float, float]]]  # of each: seconds and mebibytes, a pair a round


def memory(*processes: psutil.Process) -> float:
    return sum(each.memory_full_info().pss for each in processes) / MEBIBYTE


def bare_interpreter() -> tuple[float, float]:
    started = time.perf_counter()
    command = [sys.executable, "-c", "print(flush=True); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        taken = time.perf_counter() - started
        held = memory(psutil.Process(process.pid))
        process.communicate(b"\n")
    return taken, held


async def bare_app() -> tuple[float, float]:
    port = free_port()
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "tests.operating.bare", str(port)])
    try:
        while not _answers(port):
            await asyncio.sleep(0.01)
        return time.perf_counter() - started, memory(psutil.Process(process.pid))
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/ready", timeout=5):
            return True
    except (URLError, OSError):
        return False


async def restarted(made: Platform, name: str) -> tuple[float, float]:
    made.kill(name)
    started = time.perf_counter()
    made.begin(name)
    await made.ready(name)
    return time.perf_counter() - started, memory(psutil.Process(made.of[name].pid))


async def measure(rounds: int) -> tuple[Measured, dict[str, float]]:
    """Of each process, and the memory of the two servers."""
    found: Measured = {}
    with tempfile.TemporaryDirectory() as folder:
        async with own_servers(Path(folder)) as made:
            for _ in range(rounds):
                found.setdefault("bare interpreter", []).append(bare_interpreter())
                asked: dict[str, Callable[[], Awaitable[tuple[float, float]]]] = {
                    "bare app": bare_app,
                    **{name: _again(made, name) for name in PROCESSES},
                }
                for name, ask in asked.items():
                    found.setdefault(name, []).append(await ask())
            servers = {
                "broker": memory(psutil.Process(made.of["broker"].pid)),
                "PostgreSQL": memory(*_postgres(Path(folder) / "postgres")),
            }
    return found, servers


def _again(made: Platform, name: str) -> Callable[[], Awaitable[tuple[float, float]]]:
    return lambda: restarted(made, name)


def _postgres(folder: Path) -> list[psutil.Process]:
    first = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
    return [first, *first.children(recursive=True)]


def spread(figures: list[float], digits: int) -> dict[str, float]:
    return {
        "min": round(min(figures), digits),
        "median": round(median(figures), digits),
        "max": round(max(figures), digits),
    }


def told(found: Measured) -> dict[str, Any]:
    return {
        name: {"seconds": spread([s for s, _ in pairs], 2),
               "mebibytes": spread([m for _, m in pairs], 0)}
        for name, pairs in found.items()
    }  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--print", action="store_true", help="publish nothing")
    wanted = asked.parse_args()
    on, began = the_machine(), time.monotonic()
    found, servers = asyncio.run(measure(wanted.rounds))
    processes = told(found)
    for name, each in processes.items():
        seconds, mebibytes = each["seconds"]["median"], each["mebibytes"]["median"]
        print(f"  {name:<18} {seconds:6.2f} s to start  {mebibytes:5.0f} MiB")
    for name, held in servers.items():
        print(f"  {name:<18} {'':>18} {held:5.0f} MiB")
    if wanted.print:
        return
    same, layers, differing = compare()
    figures = {
        "rounds": wanted.rounds, "processes": processes,
        "servers_mebibytes": {name: round(held) for name, held in servers.items()},
        "layers": layers, "layers_the_same": same, "files_that_differ": len(differing),
        "components": len(sbom()["components"]),
    }  # fmt: skip
    command = f"python -m tests.operating.processes --rounds {wanted.rounds}"
    publish("running", command, None, figures, began, on)


if __name__ == "__main__":
    main()
