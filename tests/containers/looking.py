"""What a container may do and what it knows: asked of the engine and of the kernel, not of the
files that say how it is to be."""

import gzip
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from deploy.roll import containers, docker
from tests.containers.composed import ALL, inspected

VALUE = re.compile(rb"[A-Za-z0-9+/=_.-]{24,}")
PUBLIC = ("principal_public_key", "grant_public_key", "nats_url")
PIECE_BYTES = 1 << 23
VOLUMES = {"broker": {"/data"}, "postgres": {"/var/lib/postgresql/data", "/var/run/postgresql"}}


def values(folder: Path) -> dict[bytes, str]:
    """What is not to be found, and of which file it is."""
    found: dict[bytes, str] = {}
    public = {v for name in PUBLIC for v in VALUE.findall((folder / name).read_bytes())}
    for file in folder.rglob("*"):
        if file.is_file() and file.name not in PUBLIC:
            found |= dict.fromkeys(set(VALUE.findall(file.read_bytes())) - public, file.name)
    return found


def found_in(text: bytes, secrets: dict[bytes, str]) -> set[str]:
    return {name for value, name in secrets.items() if value in text}


def found_in_stream(stream: IO[bytes], secrets: dict[bytes, str]) -> set[str]:
    """By grep, which looks for all of them in one pass."""
    with tempfile.NamedTemporaryFile() as wanted, tempfile.TemporaryFile() as said:
        wanted.write(b"\n".join(secrets))
        wanted.flush()
        command = [shutil.which("grep") or "grep", "-aoF", "-f", wanted.name]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=said, env={"LC_ALL": "C"}
        ) as looking:
            shutil.copyfileobj(stream, looking.stdin, PIECE_BYTES)  # type: ignore[arg-type]
            looking.communicate()
        if looking.returncode not in {0, 1}:
            raise OSError(f"grep ended with {looking.returncode}")
        said.seek(0)
        return found_in(said.read(), secrets)


def found_in_image(image: str, secrets: dict[bytes, str]) -> set[str]:
    """In every layer, also in what a later one covers, and in how it was made."""
    made = docker("history", "--no-trunc", image) + docker("image", "inspect", image)
    found = found_in(made.encode(), secrets)
    with tempfile.NamedTemporaryFile(suffix=".tar") as saved:
        docker("save", "-o", saved.name, image)
        return found | found_in_layers(Path(saved.name), secrets)


def found_in_layers(saved: Path, secrets: dict[bytes, str]) -> set[str]:
    found: set[str] = set()
    with tarfile.open(saved) as tar:
        for member in tar:
            if (file := tar.extractfile(member)) is not None:
                packed = file.read(2) == b"\x1f\x8b"
                file.seek(0)
                with gzip.open(file) if packed else file as layer:
                    found |= found_in_stream(layer, secrets)
    return found


def looked_at(secrets: dict[bytes, str], image: str) -> dict[str, Any]:
    """By container what was wrong with it. The broker alone is root, without any right of root's."""
    wrong: dict[str, list[str]] = {}
    count = 0
    for service in ALL:
        running = containers(service)
        if not running:
            wrong[service] = ["does not run"]
        for container in running:
            count += 1
            if said := list(_wrong_with(service, container, secrets, image)):
                wrong[service] = said
    leaks = found_in_image(image, secrets)
    return {"containers": count, "secrets_looked_for": len(set(secrets.values())),
            "wrong": wrong, "secrets_in_the_image": sorted(leaks)}  # fmt: skip


def _wrong_with(
    service: str, container: str, secrets: dict[bytes, str], image: str
) -> Iterable[str]:
    known = inspected(container)
    host = known["HostConfig"]
    lines = Path(f"/proc/{known['State']['Pid']}/status").read_text().splitlines()
    status = {line.partition(":")[0]: line.partition(":")[2].split() for line in lines}
    effective, group = status["Uid"][1], status["Gid"][1]
    [capabilities], [no_more] = status["CapEff"], status["NoNewPrivs"]
    environment = _environment(container, f"{effective}:{group}", image)
    if effective == "0" and service != "broker":
        yield "runs as root"
    if int(capabilities, 16):
        yield f"has capabilities {capabilities}"
    if no_more != "1":
        yield "may rise"
    if not host["ReadonlyRootfs"] or host["Privileged"]:
        yield "may write"
    if not (host["NanoCpus"] and host["Memory"] and host["PidsLimit"]):
        yield "has no limits"
    writable = {m["Destination"] for m in known["Mounts"] if m["RW"]} - VOLUMES.get(service, set())
    if writable:
        yield f"may write to {sorted(writable)}"
    with suppress(OSError):
        docker("exec", container, "touch", "/srv/x")
        yield "could write"
    for name in found_in(f"{known['Config']}{environment}".encode(), secrets):
        yield f"has {name} in its environment or its settings"


def _environment(container: str, user: str, image: str) -> str:
    """Of its first process; asked from beside it, where there is no program in it to ask with."""
    with suppress(OSError):
        return docker("exec", container, "cat", "/proc/1/environ")
    return docker(
        "run", "--rm", "--network", "none", "--pid", f"container:{container}", "--cap-drop", "ALL",
        "--user", user, "--entrypoint", "cat", image, "/proc/1/environ",
    )  # fmt: skip
