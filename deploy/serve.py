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

from deploy.unreadable import Protocol
from shared.core.leaving import LEAVING
from shared.core.settings import Settings, from_environment
from shared.core.trust import to_database
from shared.persistence.migrations import SERVICES, upgrade

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
    if name in SERVICES:
        url = settings.database_url.get_secret_value()
        asyncio.run(upgrade(url, name, trust=to_database(settings)))
    config = _config(name, listen, settings)
    config.load()
    # Objects that are loaded by now stay for good. A pass of the garbage collector over all of them
    # takes tens of milliseconds, in which no request is answered.
    gc.collect()
    gc.freeze()
    server = Server(config, settings.drain_seconds)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def _config(name: str, listen: str, settings: Settings) -> uvicorn.Config:
    host, _, port = listen.rpartition(":")
    return uvicorn.Config(
        f"services.{name}.app:app" if name in SERVICES else f"{name}.app:app",
        host=host,
        port=int(port),
        loop="uvloop",
        http=Protocol,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        ssl_certfile=settings.tls_certificate_file or None,
        ssl_keyfile=settings.tls_key_file or None,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
