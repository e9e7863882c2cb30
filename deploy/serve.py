"""Runs one process of the platform. A service first brings its database up to date; several at
once wait for each other.

`python -m deploy.serve partners|students|resources|outcomes|gateway [HOST:PORT]`

After SIGTERM the process serves on for DRAIN_SECONDS and says that it leaves
(shared/core/leaving.py). Then it takes no more requests, finishes those under way, and ends.
"""

import asyncio
import gc
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType

import uvicorn

from shared.core.leaving import LEAVING
from shared.core.settings import Settings, from_environment
from shared.core.trust import to_database
from shared.persistence.revisions import SERVICES, is_newest

EVERYWHERE = "0.0.0.0:8000"  # in a container
STOP_SECONDS = 10
STARTUP_FAILURE = 3  # as uvicorn's own


class Server(uvicorn.Server):
    """Ends at once after a second signal, or after Ctrl-C."""

    def __init__(self, config: uvicorn.Config, drain_seconds: float) -> None:
        super().__init__(config)
        self._drain_seconds = drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGINT or LEAVING.is_set() or not (self.started and self._drain_seconds):
            super().handle_exit(sig, frame)
            return
        LEAVING.set()
        end = threading.Timer(self._drain_seconds, super().handle_exit, (sig, frame))
        end.daemon = True
        end.start()


def main(name: str, listen: str = EVERYWHERE) -> None:
    settings = from_environment()
    # What is loaded stays for good, so a pass of the garbage collector over it finds next to
    # nothing: while loading it costs a fifth of the start, and later, over everything that was
    # loaded, tens of milliseconds in which no request is answered.
    gc.disable()
    if name in SERVICES:
        asyncio.run(_bring_up_to_date(name, settings))
    config = _config(name, listen, settings)
    config.load()
    gc.collect()
    gc.freeze()
    gc.enable()
    server = Server(config, settings.drain_seconds)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


async def _bring_up_to_date(service: str, settings: Settings) -> None:
    trust = to_database(settings)
    if await is_newest(settings.plain_database_url(), service, trust):
        return
    # Imported where it is needed: Alembic weighs 11 MiB.
    from shared.persistence.migrations import upgrade

    await upgrade(settings.database_url.get_secret_value(), service, trust=trust)


def _config(name: str, listen: str, settings: Settings) -> uvicorn.Config:
    host, _, port = listen.rpartition(":")
    return uvicorn.Config(
        f"services.{name}.app:app" if name in SERVICES else f"{name}.app:app",
        host=host,
        port=int(port),
        loop="uvloop",
        http="deploy.unreadable:Protocol",
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        ssl_certfile=settings.tls_certificate_file or None,
        ssl_keyfile=settings.tls_key_file or None,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
