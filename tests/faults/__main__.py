"""The proof: `python -m tests.faults [part …]`, or `make proof`. Writes proof/<part>.json, and
docs/proof.md from them. The parts: kills, broken, power, outages, away, backup, upgrade.

Everything runs on loopback, in a folder of its own that is removed at the end; only processes that
were started here are stopped. SEED, KILLS, CUTS and BROKER_AWAY_SECONDS may be set.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.faults.harness import end_postgres
from tests.faults.kills import BROKEN, broken, killed
from tests.faults.outages import broker_away, outages
from tests.faults.power import power_cuts
from tests.faults.recovery import backup_and_restore, upgrade
from tests.proof.machine import publish, the_machine
from tests.proof.page import write_page

SEED = int(os.environ.get("SEED", "7"))
KILLS = int(os.environ.get("KILLS", "500"))
CUTS = int(os.environ.get("CUTS", "30"))
KEPT_LOGS = Path(".local") / "proof"
Figures = dict[str, Any]


async def all_broken(root: Path) -> Figures:
    return {"variants": {fault or "as shipped": await broken(root, SEED, fault)
                         for fault in BROKEN}}  # fmt: skip


async def all_power(root: Path) -> Figures:
    """Half of the cuts as shipped, half of a broker that syncs now and then; and the relay that
    does not heal, which must lose."""
    return {"runs": {
        "as shipped": await power_cuts(root, SEED, CUTS - CUTS // 2, durable=True),
        "broker syncs every two minutes": await power_cuts(root, SEED, CUTS // 2, durable=False),
        "broker syncs every two minutes, ordinary relay": await power_cuts(
            root, SEED, 3, durable=False, fault="ordinary-relay"),
    }}  # fmt: skip


PARTS: dict[str, Callable[[Path], Awaitable[Figures]]] = {
    "kills": lambda root: killed(root, SEED, KILLS),
    "broken": all_broken,
    "power": all_power,
    "outages": lambda root: outages(root, SEED),
    "away": lambda root: broker_away(root, SEED),
    "backup": lambda root: backup_and_restore(root, SEED),
    "upgrade": lambda root: upgrade(root, SEED),
}

LANES = (("away",), ("kills", "backup"), ("power", "broken", "outages", "upgrade"))


def run(part: str) -> None:
    on, began = the_machine(), time.monotonic()
    root = Path(tempfile.mkdtemp(prefix="proof-", dir=os.environ.get("PROOF_FOLDER", "/var/tmp")))
    print(f"{part} …", flush=True)
    try:
        figures = asyncio.run(PARTS[part](root))
    finally:
        end_postgres(root)
        _keep_logs(root, part)
        shutil.rmtree(root, ignore_errors=True)
    publish(part, f"python -m tests.faults {part}", SEED, figures, began, on)
    print(f"{part}: {time.monotonic() - began:.0f} s", flush=True)


def _keep_logs(root: Path, part: str) -> None:
    kept = KEPT_LOGS / part
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for log in root.glob("*/*.log"):
        shutil.copy(log, kept / f"{log.parent.name}-{log.name}")


def main(parts: list[str]) -> None:
    warnings.simplefilter("ignore")
    if parts:
        for part in parts:
            run(part)
    else:
        beside_each_other()
    write_page()


def beside_each_other() -> None:
    """Lanes of parts, each on a platform of its own: while one waits, another works."""
    lanes = [subprocess.Popen([sys.executable, "-m", "tests.faults", *lane]) for lane in LANES]
    try:
        codes = [lane.wait() for lane in lanes]
        if any(codes):
            sys.exit("a part failed")
    finally:
        for lane in lanes:
            lane.terminate()


if __name__ == "__main__":
    main(sys.argv[1:])
