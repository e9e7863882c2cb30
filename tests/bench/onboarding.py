"""How long until 200 partners' systems can fetch what they are told: each partner registered, its
stream opened through the gateway, and its program connected to the broker with what it was given.
Beside it, the same by the broker's own means alone: 200 connections to an account that is there."""

import asyncio
import time
from base64 import b64encode
from typing import Any

import httpx
from nats.aio.client import Client
from nats.errors import Error as NatsError

from shared.credentials import Credentials, read_credentials
from shared.nkeys import Kind, new_seed, public_of, sign
from tests.bench.county import servers_of_its_own
from tests.bench.figures import spread
from tests.platform import Platform
from tests.proof.shape import Figures

PARTNERS, AT_ONCE, AGAIN_SECONDS = 200, 8, 0.05


async def onboarding(rounds: int) -> Figures:
    registered, opened, connected, bare = [], [], [], []
    async with servers_of_its_own() as whole:
        backbone = await whole.admit("backbone")
        for number in range(rounds):
            took = await _round(whole, backbone, number)
            registered.append(took[0])
            opened.append(took[1])
            connected.append(took[2])
            bare.append(await _bare(whole))
    return {
        "partners": PARTNERS, "registered_seconds": spread(registered),
        "streams_opened_seconds": spread(opened), "all_connected_seconds": spread(connected),
        "bare_connections_seconds": spread(bare),
    }  # fmt: skip


async def _round(
    whole: Platform, backbone: httpx.AsyncClient, number: int
) -> tuple[float, float, float]:
    """Seconds from the beginning until all are registered; from then on until all streams are open,
    and until everybody is connected."""
    places = asyncio.Semaphore(AT_ONCE)

    async def post(path: str, body: Any) -> Any:
        async with places:
            answer = await backbone.post(path, json=body)
            return answer.raise_for_status().json()

    begin = time.perf_counter()
    partners = await asyncio.gather(*(
        post("/v1/partners", {"name": f"Partner {number}-{n}", "kind": "community_organization"})
        for n in range(PARTNERS)
    ))  # fmt: skip
    registered = time.perf_counter()
    seeds = [new_seed(Kind.USER) for _ in partners]
    told = await asyncio.gather(*(
        post(f"/v1/partners/{partner['id']}/stream", {"user_public_key": public_of(seed)})
        for partner, seed in zip(partners, seeds, strict=True)
    ))  # fmt: skip
    opened = time.perf_counter()
    users = [Credentials(t["user_jwt"], seed) for t, seed in zip(told, seeds, strict=True)]
    await asyncio.gather(*(_connects(whole.nats_url, user, places) for user in users))
    connected = time.perf_counter()
    return registered - begin, opened - registered, connected - registered


async def _connects(url: str, user: Credentials, places: asyncio.Semaphore) -> None:
    """Until the broker knows of it."""
    while True:
        async with places:
            connection = Client()
            try:
                await _connected(connection, url, user)
            except (NatsError, OSError, TimeoutError):
                if connection._transport is not None:  # the library leaves its socket open
                    connection._transport.close()
            else:
                await connection.close()
                return
        await asyncio.sleep(AGAIN_SECONDS)


async def _connected(connection: Client, url: str, user: Credentials) -> None:
    async def nothing(_: Exception) -> None: ...

    await connection.connect(
        url,
        user_jwt_cb=lambda: bytearray(user.token.encode()),
        signature_cb=lambda nonce: b64encode(sign(user.seed, nonce.encode())),
        allow_reconnect=False, error_cb=nothing, connect_timeout=5,
    )  # fmt: skip


async def _bare(whole: Platform) -> float:
    user = read_credentials(whole.keys["students_nats_credentials"])
    places, begin = asyncio.Semaphore(AT_ONCE), time.perf_counter()
    await asyncio.gather(*(_connects(whole.nats_url, user, places) for _ in range(PARTNERS)))
    return time.perf_counter() - begin
