"""Runs the whole platform on this machine, with nothing but Python (`make up`, `make down`, …).

`python -m deploy.local up [--empty]` starts PostgreSQL, the broker, the four services and the
gateway, loads the demonstration into a new database unless `--empty` is given, writes
`.local/platform.json`, and keeps everything running until Ctrl-C. The data stays under `.local/`.
`down` stops the platform from another terminal, and `reset` also deletes its data. `smoke` starts,
tries and stops it. `token ROLE` (or the `subject` of a person) prints an access token.
"""

import shutil
import signal
import sys
import threading

import psutil

from deploy import state
from deploy.people import of_role
from deploy.running import NotUp, end, keep, running
from deploy.servers import ServerMissing, stop_postgres
from deploy.smoke import smoke
from deploy.state import LOCAL

DOWN_SECONDS = 40.0


def asked_to_stop() -> threading.Event:
    """An event that Ctrl-C, SIGTERM and the terminal's end set."""
    asked = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: asked.set())
    return asked


def up(*, empty: bool) -> None:
    """Runs the platform until it is asked to stop."""
    asked = asked_to_stop()
    with running(asked, empty=empty) as processes:
        print("Press Ctrl-C to stop it.", flush=True)
        keep(processes, asked)


def down() -> None:
    """Stops the running platform, whichever terminal started it, and the processes that a killed
    launcher left."""
    launcher = state.launcher()
    if launcher is not None:
        launcher.terminate()
        try:
            launcher.wait(DOWN_SECONDS)
        except psutil.TimeoutExpired:
            launcher.kill()
    end(state.remembered())
    stop_postgres(LOCAL / "postgres")
    state.forget()


def reset() -> None:
    """Stops the platform and deletes its data."""
    down()
    had_keys = (LOCAL / "keys").exists()
    shutil.rmtree(LOCAL, ignore_errors=True)
    print("Deleted everything under .local.")
    if had_keys:
        print(
            "Its keys are gone too: every access token, and every credential of a partner's system,"
            " is void for good. Only a backup that was made with `keys=1` has them."
        )


def try_out() -> int:
    """Runs the smoke script against the running platform, or else against one started for it."""
    if state.launcher() is not None:
        return smoke(state.platform())
    with running(asked_to_stop(), empty=False):
        return smoke(state.platform())


def token(who: str) -> str:
    """An access token of the first person with this role, or of the person with this subject."""
    known = of_role(state.platform()["people"])
    if who not in known:
        raise NotUp(f"Nobody has the role or subject {who!r}; choose one of {', '.join(known)}.")
    return str(known[who]["token"])


def main(arguments: list[str]) -> int:
    match arguments:
        case ["up"]:
            up(empty=False)
        case ["up", "--empty"]:
            up(empty=True)
        case ["down"]:
            down()
        case ["reset"]:
            reset()
        case ["smoke"]:
            return try_out()
        case ["token", role]:
            print(token(role))
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (NotUp, ServerMissing, OSError) as error:
        sys.exit(f"{error}")
