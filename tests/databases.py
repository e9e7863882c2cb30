"""Databases of tests: empty, or a copy of one that the migrations of a service have filled once."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from shared.persistence.migrations import upgrade

_templates: set[tuple[str, str]] = set()


@asynccontextmanager
async def administering(server: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that creates and drops. `server` has `{database}` where the name goes."""
    admin = await asyncpg.connect(server.format(database="postgres").replace("+asyncpg", ""))
    try:
        yield admin
    finally:
        await admin.close()


async def create(server: str, name: str, *, of: str | None = None) -> str:
    """The address of a new database: with the tables of the service `of`, or with none."""
    template = "template1" if of is None else await _template(server, of)
    async with administering(server) as admin:
        await admin.execute(f'create database "{name}" template "{template}"')
    return server.format(database=name)


async def drop(server: str, *names: str) -> None:
    async with administering(server) as admin:
        for name in names:
            await admin.execute(f'drop database if exists "{name}" with (force)')


async def drop_templates(server: str) -> None:
    """For a server that outlives this process."""
    await drop(server, *(name for of, name in _templates if of == server))


async def _template(server: str, service: str) -> str:
    name = f"migrated_{service}_{os.getpid()}"
    if (server, name) not in _templates:
        await upgrade(await create(server, name), service)
        _templates.add((server, name))
    return name
