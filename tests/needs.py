"""The needs of a test beyond Python and make. Each is asked for here and nowhere else, once in a
process.

`@pytest.mark.needs("engine")` skips the test where the need is not met, and the summary of the run
says so. `pytest -m needs` runs the tests that have a need.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from deploy.servers import nats_program, nats_version

ANSWER_SECONDS = 30
DATA = Path(__file__).parents[2] / "shared" / "data"
OFFLINE = Path(os.environ.get("OFFLINE_DOCKER_DIR", "/var/tmp/offline-docker"))
BROKERS = ("2.9", "2.15")  # the distribution's nats-server, and the newest
TLS_FIRST_SINCE = (2, 11)


@cache
def _answers(*command: str) -> bool:
    """Whether the program is on the PATH and ends well."""
    if shutil.which(command[0]) is None:
        return False
    try:
        asked = subprocess.run(command, capture_output=True, check=False, timeout=ANSWER_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


def engine() -> bool:
    return _answers("docker", "info")


def compose() -> bool:
    """A `docker` without compose is there too."""
    return _answers("docker", "compose", "version")


def npm() -> bool:
    return _answers("node", "--version") and _answers("npm", "--version")


def glewlwyd() -> bool:
    """Whether Debian's package of this provider can be fetched and unpacked, without installing it."""
    return _answers("dpkg", "--version") and _answers(
        "apt-get", "-qq", "--print-uris", "download", "glewlwyd"
    )


@cache
def broker_program(version: str) -> str | None:
    """The nats-server of this version."""
    known = (shutil.which("nats-server"), os.environ.get("NATS_SERVER"),
             shutil.which(OFFLINE / "bin" / "nats-server"))  # fmt: skip
    wanted = tuple(int(part) for part in version.split("."))
    return next((each for each in known if each and nats_version(each) == wanted), None)


@cache
def tls_first() -> bool:
    """Whether the broker that tests start speaks TLS before its first word."""
    return nats_version(nats_program()) >= TLS_FIRST_SINCE


NEEDS: dict[str, tuple[Callable[[], object], str]] = {
    "engine": (engine, "no container engine answers"),
    "compose": (compose, "no docker compose answers"),
    "npm": (npm, "node and npm are not here"),
    "glewlwyd": (glewlwyd, "apt-get does not know glewlwyd here"),
    "data": (DATA.is_dir, "the folder of real data is not here"),
    "tls first": (tls_first, "the nats-server here is older than 2.11"),
    **{
        f"nats-server {version}": (
            partial(broker_program, version), f"there is no nats-server {version} here",
        )
        for version in BROKERS
    },
}  # fmt: skip


def unmet(need: str) -> str | None:
    """Why the need is not met, where it is not."""
    met, reason = NEEDS[need]
    return None if met() else reason
