"""One process of the platform: `python -m deploy.serve partners|students|resources|outcomes|gateway
[HOST:PORT]`. A service first brings its database up to date; several at once wait for each other.
"""

import asyncio
import sys

import uvicorn

from shared.migrations import SERVICES, upgrade
from shared.settings import from_environment

EVERYWHERE = "0.0.0.0:8000"  # in a container
STOP_SECONDS = 5


def main(name: str, listen: str = EVERYWHERE) -> None:
    if name in SERVICES:
        asyncio.run(upgrade(from_environment().database_url.get_secret_value(), name))
    host, _, port = listen.rpartition(":")
    uvicorn.run(
        f"services.{name}.app:app" if name in SERVICES else f"{name}.app:app",
        host=host,
        port=int(port),
        loop="uvloop",
        http="httptools",
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
