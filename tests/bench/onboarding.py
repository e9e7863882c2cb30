"""How long until 200 partners' systems can fetch what they are told: each partner's stream opened
through the gateway, and its program connected to the broker with what it was given, eight at once.
Registering the partners is told apart. Beside it, the same by the broker's own means alone: 200
connections to an account that is there."""

import asyncio
import time
from base64 import b64encode
from typing import Any

import httpx
from nats.aio.client import Client
from nats.errors import Error as NatsError

from shared.formats.nats_credentials import Credentials, read_credentials
from shared.formats.nkeys import Kind, new_seed, public_of, sign
from tests.bench.county import servers_of_its_own
from tests.bench.figures import spread
from tests.platform import Platform
from tests.proof.shape import Figures

PARTNERS, AT_ONCE, AGAIN_SECONDS = 200, 8, 0.05


async def onboarding(rounds: int) -> Figures:
    registered, onboarded, again, bare = [], [], [], []
    async with servers_of_its_own() as whole:
        operator = whole.client()
        for number in range(rounds):
            took = await _round(whole, operator, number)
            registered.append(took[0])
            onboarded.append(took[1])
            again.append(took[2])
            bare.append(await _bare(whole))
    return {
        "partners": PARTNERS, "at_once": AT_ONCE, "registered_seconds": spread(registered),
        "onboarded_seconds": spread(onboarded), "connected_again": spread(again),
        "bare_connections_seconds": spread(bare),
    }  # fmt: skip


async def _round(
    whole: Platform, operator: httpx.AsyncClient, number: int
) -> tuple[float, float, int]:
    """Seconds until all are registered; from then on until each has opened its stream and is
    connected; how many connections were refused meanwhile."""
    places = asyncio.Semaphore(AT_ONCE)

    async def post(path: str, body: Any) -> Any:
        answer = await operator.post(path, json=body)
        return answer.raise_for_status().json()

    async def registers(n: int) -> str:
        body = {"name": f"Partner {number}-{n}", "kind": "community_organization"}
        async with places:
            return str((await post("/v1/partners", body))["id"])

    async def comes(partner_id: str) -> int:
        seed, path = new_seed(Kind.USER), f"/v1/partners/{partner_id}/stream"
        async with places:
            told = await post(path, {"user_public_key": public_of(seed)})
            return await _connects(whole.nats_url, Credentials(told["user_jwt"], seed))

    begin = time.perf_counter()
    partners = await asyncio.gather(*map(registers, range(PARTNERS)))
    registered = time.perf_counter()
    refused = await asyncio.gather(*map(comes, partners))
    return registered - begin, time.perf_counter() - registered, sum(refused)


async def _connects(url: str, user: Credentials) -> int:
    """Until the broker knows of it: how often it was refused before."""
    refused = 0
    while True:
        connection = Client()
        try:
            await _connected(connection, url, user)
        except (NatsError, OSError, TimeoutError):
            if connection._transport is not None:  # the library leaves its socket open
                connection._transport.close()
        else:
            await connection.close()
            return refused
        refused += 1
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

    async def connects() -> None:
        async with places:
            await _connects(whole.nats_url, user)

    await asyncio.gather(*(connects() for _ in range(PARTNERS)))
    return time.perf_counter() - begin
