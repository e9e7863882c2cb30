"""Replaces the containers of one service, one after the other, while it goes on answering: `python
-m deploy.roll students` (`make roll service=students`), after `docker compose build`.

One more container is started from the present image. When it is ready, an old one is asked to
leave: it serves on until no request is sent to it any more, and ends. Where the new one is not
ready in time, it is removed and its last lines are printed; the old ones have never stopped. The
command works in the project that COMPOSE_FILE, COMPOSE_PROFILES and COMPOSE_PROJECT_NAME name, as
docker compose itself does.
"""

import subprocess
import sys
import time

READY_SECONDS = 180
ASK_AGAIN_SECONDS = 0.5
LEAVE_SECONDS = 60
LAST_LINES = 20
PROCESSES = ("partners", "students", "resources", "outcomes", "gateway")


class NotReady(Exception):
    """The new container was not ready; the old ones go on."""


def roll(service: str) -> float:
    """Replaces each container. Returns the seconds it took. Raises NotReady."""
    began = time.monotonic()
    old = containers(service)
    if not old:
        raise NotReady(f"{service} does not run; start it with docker compose up -d {service}")
    for number, leaves in enumerate(old, 1):
        comes = _one_more(service, len(old) + 1)
        print(f"{service}: {comes[:12]} is ready, {leaves[:12]} leaves ({number} of {len(old)})")
        docker("stop", "--time", str(LEAVE_SECONDS), leaves)
        docker("rm", leaves)
    return time.monotonic() - began


def containers(service: str, *, ended: bool = False) -> list[str]:
    """The ids of the service's containers; `ended`: also those that have ended."""
    return docker("compose", "ps", "-q", *(["-a"] if ended else []), service).split()


def _one_more(service: str, scale: int) -> str:
    before = set(containers(service, ended=True))
    try:
        docker(
            "compose", "up", "-d", "--no-deps", "--no-recreate", "--no-build",
            "--scale", f"{service}={scale}", service,
        )  # fmt: skip
        [comes] = set(containers(service, ended=True)) - before
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready(comes):
            if time.monotonic() > deadline or not _runs(comes):
                raise NotReady(last_words(comes))
            time.sleep(ASK_AGAIN_SECONDS)
    except (NotReady, OSError) as error:
        for comes in set(containers(service, ended=True)) - before:
            docker("rm", "-f", comes)
        raise NotReady(
            f"The new {service} was not ready and was removed; the old one goes on.\n{error}"
        ) from error
    return comes


def is_ready(container: str) -> bool:
    """Whether the process in the container is ready. The question is put in the container, since
    the engine asks only every ten seconds."""
    asked = subprocess.run(
        ["docker", "exec", container, "python", "-m", "deploy.healthy"],
        capture_output=True, check=False,
    )  # fmt: skip
    return asked.returncode == 0


def last_words(container: str) -> str:
    """The container's last lines, of both its outputs, in their order."""
    command = ["docker", "logs", "--tail", str(LAST_LINES), container]
    run = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return f"Its last lines:\n{run.stdout}"


def _runs(container: str) -> bool:
    """Whether the container runs; False also where the engine starts it again and again."""
    said = docker("inspect", "--format", "{{.State.Running}} {{.RestartCount}}", container)
    return said.split() == ["true", "0"]


def docker(*arguments: str) -> str:
    run = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise OSError(f"docker {' '.join(arguments)}: {run.stderr.strip()[-500:]}")
    return run.stdout


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in PROCESSES:  # noqa: PLR2004
        sys.exit(__doc__)
    try:
        print(f"{sys.argv[1]} was replaced in {roll(sys.argv[1]):.0f} s.")
    except (NotReady, OSError) as error:
        sys.exit(str(error))
