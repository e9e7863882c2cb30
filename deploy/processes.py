"""A process that is kept running: it is started anew when it ends, later each time."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BACK_OFF_FIRST_SECONDS = 0.5
BACK_OFF_MOST_SECONDS = 30.0
STEADY_SECONDS = 60.0  # after running this long, the next end counts as the first
STOP_SECONDS = 15.0
LOG_BYTES = 10_000_000

Start = Callable[[], "subprocess.Popen[bytes] | None"]


@dataclass
class Process:
    """A process and its restarts. `start` starts it and may be called again; for a server that is
    no child of this process it returns None, and `runs` says whether the server runs. `ends`
    counts how often it ended by itself."""

    name: str
    start: Start
    runs: Callable[[], bool] | None = None
    running: "subprocess.Popen[bytes] | None" = None
    ends: int = 0
    started_at: float = 0.0
    again_at: float = 0.0

    def begin(self) -> None:
        self.started_at = time.monotonic()
        self.again_at = 0.0
        self.running = self.start()

    @property
    def alive(self) -> bool:
        if self.runs is not None:
            return self.runs()
        return self.running is not None and self.running.poll() is None

    def keep(self) -> str | None:
        """Looks after the process once, and starts it anew when its time has come. Gives the news
        for the operator, if there is any."""
        if self.alive:
            return None
        now = time.monotonic()
        if self.again_at:
            if now < self.again_at:
                return None
            self.begin()
            return f"{self.name} was started again"
        self.ends = 1 if now - self.started_at > STEADY_SECONDS else self.ends + 1
        wait = min(BACK_OFF_FIRST_SECONDS * 2 ** (self.ends - 1), BACK_OFF_MOST_SECONDS)
        self.again_at = now + wait
        code = f" (code {self.running.returncode})" if self.running is not None else ""
        return f"{self.name} ended{code}; starting it again in {wait:g} s"


def stop(processes: Sequence[Process]) -> None:
    """Asks all of them to end, waits, and kills those that do not."""
    alive = [p.running for p in processes if p.running is not None and p.alive]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in alive:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def logged(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Callable[[], "subprocess.Popen[bytes]"]:
    """A function that starts `command`, with its output in `log`, in a session of its own, so that
    Ctrl-C reaches the launcher alone."""

    def start() -> "subprocess.Popen[bytes]":
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".old.log"))
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    return start
