"""The platform elsewhere and encrypted, while people write and a broker dies.

`python -m tests.containers.grown` prints what was found; ends with 0 where all is well.
"""

import asyncio
import ssl
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from shared.core.settings import Settings
from shared.events.bus import STREAM, connected
from shared.persistence.migrations import SERVICES
from tests.containers.elsewhere import BROKERS, DATABASE, Elsewhere, a_place, port
from tests.containers.wrong import wrong_elsewhere
from tests.faults.held import Held
from tests.faults.verdict import without_effects
from tests.faults.world import a_world
from tests.faults.writing import writing
from tests.faults.zeros import found_bad
from tests.platform import PROCESSES, Platform

HOLD_SECONDS = 5
WRITERS = 3
# Of the services' connections, which are encrypted.
ENCRYPTED = (
    "select s.ssl, count(*) from pg_stat_ssl s join pg_stat_activity a using (pid)"
    " where a.usename in ('partners', 'students', 'resources', 'outcomes')"
    " and a.application_name <> '' group by 1"
)


class Encrypted(Platform):
    """`folder` is deploy/secrets of it."""

    def client(self, subject: str | None = "operator", **more: Any) -> httpx.AsyncClient:
        believed = ssl.create_default_context(cafile=self.folder / "tls_ca")
        return super().client(subject, verify=believed, **more)


class Grown(Held):
    def settings(self) -> Settings:
        return (
            super()
            .settings()
            .model_copy(
                update={"nats_ca_file": self.platform.folder / "broker_tls_ca", "nats_replicas": 3}
            )
        )


@asynccontextmanager
async def elsewhere() -> AsyncIterator[tuple[Elsewhere, Grown]]:
    with a_place() as there:
        await asyncio.to_thread(there.start)
        keys = {file.name: file.read_text() for file in there.secrets.iterdir() if file.is_file()}
        database = f"@127.0.0.1:{port(there.postgres, 5432)}"
        broker = there.broker(1, "ps", "-q").strip()
        platform = Encrypted(
            folder=there.secrets, gateway=there.gateway, keys=keys,
            database_urls={
                s: keys[f"{s}_database_url"].replace(f"@{DATABASE}:5432", database)
                for s in SERVICES
            },
            nats_url=f"tls://127.0.0.1:{port(broker, 4222)}", ports={},
        )  # fmt: skip
        try:
            yield there, Grown(platform, [*PROCESSES])
        finally:
            for client in platform.clients:
                await client.aclose()


async def grown(seed: int) -> dict[str, Any]:
    """What was lost or doubled while people wrote and one of three brokers was killed."""
    began = time.monotonic()
    async with elsewhere() as (there, held):
        started = time.monotonic() - began
        world = await a_world(held.platform)
        async with writing(world, seed, WRITERS, pause=0.3) as books:
            await asyncio.sleep(HOLD_SECONDS)
            there.broker(len(BROKERS), "kill")
            await asyncio.sleep(HOLD_SECONDS)
            there.broker(len(BROKERS), "start")
        await held.platform.settled()
        found = await without_effects(held, books)
        encrypted = {
            row["ssl"]: row["count"] for row in await held.rows("students", ENCRYPTED)
        }  # fmt: skip
        return {
            "acknowledged": found["acknowledged"], "asked_again": found["asked_again"],
            "events": found["events"], "surprises": found["surprises"], "bad": found_bad(found),
            "copies_of_the_stream": await _copies(held),
            "connections_encrypted": encrypted.get(True, 0),
            "connections_open_to_read": encrypted.get(False, 0),
            "plain_refused": await _refused(there.gateway.replace("https", "http")),
            "seconds_to_start": round(started, 1),
        }  # fmt: skip


async def _copies(held: Grown) -> int:
    bus = await connected(held.settings(), "proof")
    try:
        info = await bus.ask(f"$JS.API.STREAM.INFO.{STREAM}")
        return int(info["config"]["num_replicas"])
    finally:
        await bus.close()


async def _refused(url: str) -> bool:
    """Who speaks without TLS gets nothing."""
    async with httpx.AsyncClient() as http:
        try:
            await http.get(f"{url}/health", timeout=10)
        except httpx.TransportError:
            return True
    return False


if __name__ == "__main__":
    figures = asyncio.run(grown(7))
    print(figures)
    sys.exit("\n".join(wrong_elsewhere(figures)) or 0)
