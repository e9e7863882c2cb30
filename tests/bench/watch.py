"""What processes use: CPU, memory, descriptors, told apart by who they are."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

from tests.platform import Platform

MEBIBYTE = 2**20


def processes(whole: Platform) -> dict[str, list[psutil.Process]]:
    """The platform's by name; `postgres` is its postmaster with everybody it started."""
    found = {name: [psutil.Process(process.pid)] for name, process in whole.of.items()}
    pid = int((whole.folder / "postgres" / "postmaster.pid").read_text().split()[0])
    postmaster = psutil.Process(pid)
    found["postgres"] = [postmaster, *postmaster.children()]
    return found


def cpu_seconds(some: list[psutil.Process]) -> float:
    total = 0.0
    for process in some:
        try:
            total += sum(process.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return total


def mebibytes(some: list[psutil.Process]) -> float:
    """Of memory of their own: what they share is counted once for each that shares it by `rss`,
    so PSS where the system tells it."""
    total = 0.0
    for process in some:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total / MEBIBYTE


def descriptors(some: list[psutil.Process]) -> int:
    total = 0
    for process in some:
        try:
            total += process.num_fds()
        except psutil.Error:
            continue
    return total


@dataclass
class Used:
    """CPU seconds of each meanwhile, and how long it was by the clock."""

    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)


@contextmanager
def used(whole: Platform) -> Iterator[Used]:
    known = processes(whole)
    before = {name: cpu_seconds(some) for name, some in known.items()}
    begun, found = time.perf_counter(), Used()
    yield found
    found.seconds = time.perf_counter() - begun
    found.cpu = {name: cpu_seconds(some) - before[name] for name, some in known.items()}
