"""The files that `make up` keeps under `.local/`: the ports, the running processes, and
`platform.json`."""

import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from deploy.files import write_secret

ROOT = Path(__file__).parents[1]
LOCAL = ROOT / ".local"
PLATFORM = LOCAL / "platform.json"
PEOPLE = LOCAL / "people.json"
LOGS = LOCAL / "logs"
PORTS = LOCAL / "ports.json"
_RUNNING = LOCAL / "running.json"

WANTED_PORTS = {
    "gateway": 8100, "partners": 8101, "students": 8102, "resources": 8103, "outcomes": 8104,
    "broker": 4222,
}  # fmt: skip
LOOK_FURTHER = 200


@dataclass(frozen=True)
class Ports:
    """`public_url` stays the first start's: it names the issuer of tokens, and memberships keep
    it."""

    public_url: str
    of: dict[str, int]

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self.of[name]}"


def choose_ports() -> Ports:
    """The ports of the last start, or the next free ones."""
    kept: dict[str, Any] = json.loads(PORTS.read_text()) if PORTS.exists() else {}
    wanted = WANTED_PORTS | kept.get("ports", {})
    chosen: dict[str, int] = {}
    for name, port in wanted.items():
        chosen[name] = _free_from(port, set(chosen.values()))
        if chosen[name] != port:
            print(f"  port {port} is taken; {name} listens on {chosen[name]}")
    public_url = kept.get("public_url") or f"http://127.0.0.1:{chosen['gateway']}"
    PORTS.write_text(json.dumps({"public_url": public_url, "ports": chosen}))
    return Ports(public_url, chosen)


def _free_from(port: int, taken: set[int]) -> int:
    for candidate in range(port, port + LOOK_FURTHER):
        if candidate not in taken and _is_free(candidate):
            return candidate
    raise OSError(f"no free port from {port} on")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def remember(pids: list[int]) -> None:
    """Records the running processes, the launcher first, each with its start, which distinguishes
    it from a later process of the same number."""
    found = []
    for pid in [os.getpid(), *pids]:
        try:
            found.append({"pid": pid, "since": psutil.Process(pid).create_time()})
        except psutil.NoSuchProcess:
            continue
    _RUNNING.write_text(json.dumps(found))


def remembered() -> list[psutil.Process]:
    """The processes of the last start that still run."""
    if not _RUNNING.exists():
        return []
    alive = []
    for known in json.loads(_RUNNING.read_text()):
        try:
            process = psutil.Process(known["pid"])
            if process.create_time() == known["since"]:
                alive.append(process)
        except psutil.NoSuchProcess:
            continue
    return alive


def launcher() -> psutil.Process | None:
    """The `make up` that runs now, if there is one."""
    if not _RUNNING.exists():
        return None
    first = json.loads(_RUNNING.read_text())[0]["pid"]
    return next((process for process in remembered() if process.pid == first), None)


def forget() -> None:
    _RUNNING.unlink(missing_ok=True)


def write_platform(platform: dict[str, Any]) -> None:
    """Writes `platform.json`. It holds tokens, so its owner alone can read it."""
    write_secret(PLATFORM, json.dumps(platform, indent=2) + "\n")


def platform() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(PLATFORM.read_text())
    return known
