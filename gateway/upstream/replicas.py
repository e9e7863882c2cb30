"""The replicas of a service: every address of its name, each asked in turn.

The name is looked up again every second, so that a new replica is asked soon, also by a gateway
whose connections to the others never end. Two kinds of replica are avoided for a while, unless
there is no other. One that cannot be reached is avoided briefly, since it may only be starting. One
that sends `Connection: close` is about to end, and is avoided for longer than it goes on.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Mapping

from yarl import URL

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
UNREACHED_SECONDS = 2.0  # shorter than a leaving replica goes on answering
LEAVING_SECONDS = 10.0  # longer than a leaving replica goes on answering


class Replicas:
    """The replicas of one service. A certificate must be for `name`."""

    def __init__(self, url: str) -> None:
        self._url = URL(url)
        self.name = self._url.host or ""
        self._known: list[str] = []
        self._avoided: dict[str, float] = {}
        self._turn = 0
        self._looked = -LOOK_SECONDS
        self._looking: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many are asked, one at least."""
        now = time.monotonic()
        return max(1, sum(self._avoided.get(each, 0) < now for each in self._known))

    async def next(self) -> str:
        """The address to ask next, as `http://10.0.0.7:8000`. Raises OSError where the name has
        none."""
        if time.monotonic() - self._looked >= LOOK_SECONDS and self._looking is None:
            self._looking = asyncio.create_task(self._look())
        if not self._known and self._looking is not None:
            await asyncio.shield(self._looking)
        if not self._known:
            raise OSError(f"{self.name} has no address")
        self._turn += 1
        now = time.monotonic()
        turns = [self._known[(self._turn + n) % len(self._known)] for n in range(len(self._known))]
        return next((each for each in turns if self._avoided.get(each, 0) < now), turns[0])

    def avoid(self, address: str, seconds: float | None = None) -> None:
        """Skips this address for a while, because it could not be reached or will not do."""
        until = time.monotonic() + (UNREACHED_SECONDS if seconds is None else seconds)
        self._avoided[address] = max(until, self._avoided.get(address, 0.0))

    def heed(self, address: str, headers: Mapping[str, str]) -> None:
        """Skips a replica whose answer says that it is leaving."""
        if headers.get("Connection", "").lower() == "close":
            self.avoid(address, LEAVING_SECONDS)

    async def _look(self) -> None:
        """Looks the name up. Where that fails, the known addresses stay."""
        try:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(self.name, self._url.port, type=socket.SOCK_STREAM)
            hosts = sorted({str(address[0]) for *_, address in found})
            self._known = [str(self._url.with_host(host)).rstrip("/") for host in hosts]
            self._avoided = {a: t for a, t in self._avoided.items() if a in self._known}
        except OSError as error:
            log.warning("%s cannot be looked up (%s)", self.name, type(error).__name__)
        finally:
            self._looked = time.monotonic()
            self._looking = None
