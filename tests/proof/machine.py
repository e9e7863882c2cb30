"""On what it was measured, and where the figures go."""

import json
import os
import platform
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from deploy.servers import nats_program
from tests.proof.shape import PROOF, Figures


def the_machine() -> Figures:
    """Ask before measuring: `load_before` tells what else is at work."""
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.processor(),
    )  # fmt: skip
    version = subprocess.run([nats_program(), "--version"], capture_output=True, text=True,
                             check=True).stdout.split()[-1]  # fmt: skip
    return {
        "cores": os.cpu_count(), "processor": model,
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": f"Linux {platform.release()}", "python": platform.python_version(),
        "broker": f"nats-server {version}", "load_before": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def publish(part: str, command: str, seed: int | None, figures: Figures, began: float,
            on: Figures) -> None:  # fmt: skip
    """Writes proof/<part>.json. `began`: by time.monotonic(). `on`: the machine as it was before.
    `seed`: None where nothing is left to chance."""
    PROOF.mkdir(exist_ok=True)
    found = {
        "command": command, "seed": seed, "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": on, "seconds": round(time.monotonic() - began), **figures,
    }  # fmt: skip
    written = PROOF / f".{part}.json"
    written.write_text(json.dumps(found, indent=1, default=str) + "\n")
    written.replace(PROOF / f"{part}.json")  # a page that is made meanwhile reads whole files
