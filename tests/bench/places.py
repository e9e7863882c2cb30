"""One service alone in this process, on a database of its own, for what is measured without HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import asyncpg

from shared.core.settings import Settings
from tests.houses import House, open_house, settings_for
from tests.servers import servers


@dataclass(frozen=True)
class Place:
    """`url` is as asyncpg takes it."""

    house: House
    settings: Settings
    url: str


@asynccontextmanager
async def databases(*names: str) -> AsyncIterator[tuple[str, list[str]]]:
    """New databases, dropped afterwards: the broker's address, and their URLs."""
    with servers() as running:
        admin = await asyncpg.connect(
            running.database_url.format(database="postgres").replace("+asyncpg", "")
        )
        made = [f"bench_{name}_{uuid4().hex[:8]}" for name in names]
        try:
            for name in made:
                await admin.execute(f'create database "{name}"')
            yield running.nats_url, [running.database_url.format(database=n) for n in made]
        finally:
            for name in made:
                await admin.execute(f'drop database if exists "{name}" with (force)')
            await admin.close()


@asynccontextmanager
async def a_place(service: str) -> AsyncIterator[Place]:
    async with databases(service) as (nats, [url]):
        settings = settings_for(url, nats)
        house = await open_house(service, settings)
        try:
            yield Place(house, settings, url.replace("+asyncpg", ""))
        finally:
            await house.database.close()
