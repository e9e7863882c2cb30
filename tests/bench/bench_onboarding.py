"""How soon many partners can listen: from one call each, until the broker lets each one's program in.

`python -m tests.bench.bench_onboarding [partners]`. Promised: 200 partners in under 5 s on an idle
machine. Yardstick, in the same run: as many plain writes over the same API.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from deploy.keys import ensure_keys
from deploy.servers import free_port
from services.partners.streams.actions import keep_accounts
from shared.nkeys import Kind, new_seed, public_of
from tests.houses import open_house, settings_for
from tests.partners.support import BACKBONE, a_partner, made
from tests.servers import servers
from tests.shared.test_relay import running
from tests.streams.conftest import Streams, System, program_of

PARTNERS, AT_ONCE = 200, 8
PROMISED_SECONDS = 5
STREAM_KEYS = (
    "partner_accounts_key", "broker_operator_signing_key", "broker_platform_signing_key",
    "broker_system_credentials",
)  # fmt: skip


async def all_of(work: Callable[[Any], Awaitable[Any]], each: Sequence[Any]) -> list[Any]:
    """Some at a time, as many clients would."""
    at_once = asyncio.Semaphore(AT_ONCE)

    async def one(item: Any) -> Any:
        async with at_once:
            return await work(item)

    return list(await asyncio.gather(*map(one, each)))


async def measure(streams: Streams, count: int) -> None:
    async def write(number: int) -> str:
        return await a_partner(streams.house, f"Partner {number}")

    async def open_for(partner_id: str) -> System:
        seed = new_seed(Kind.USER)
        async with streams.house.calling(BACKBONE) as http:
            key = public_of(seed)
            access = await made(http, f"partners/{partner_id}/stream", user_public_key=key)
        return System(seed, access)

    async def let_in(client: System) -> None:
        while not await streams.lets_in(client):
            await asyncio.sleep(0.05)

    begin = time.perf_counter()
    partners = await all_of(write, range(count))
    plain = time.perf_counter() - begin
    begin = time.perf_counter()
    clients = await all_of(open_for, partners)
    answered = time.perf_counter() - begin
    await all_of(let_in, clients)
    listening = time.perf_counter() - begin
    print(f"{count} plain writes            {plain:6.2f} s")
    print(f"{count} streams answered        {answered:6.2f} s = {answered / plain:.2f} × plain")
    print(f"each program has been let in {listening:6.2f} s (under {PROMISED_SECONDS} s for 200)")


async def main(count: int = PARTNERS) -> None:
    with servers() as here, tempfile.TemporaryDirectory() as folder:
        admin = here.database_url.format(database="postgres").replace("+asyncpg", "")
        connection = await asyncpg.connect(admin)
        await connection.execute("drop database if exists bench_onboarding with (force)")
        await connection.execute("create database bench_onboarding")
        await connection.close()
        keys, port = ensure_keys(Path(folder) / "keys"), free_port()
        address = f"nats://127.0.0.1:{port}"
        settings = settings_for(
            here.database_url.format(database="bench_onboarding"), address,
            **{name: keys[name] for name in STREAM_KEYS},
            nats_credentials=keys["partners_nats_credentials"], broker_public_url=address,
        )  # fmt: skip
        house = await open_house("partners", settings)
        streams = Streams(Path(folder), program_of("2.15"), port, keys, house, settings)
        streams.begin()
        try:
            async with running(keep_accounts(house.database, settings)):
                await measure(streams, count)
        finally:
            streams.kill()
            await house.database.close()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
