"""A backup holds four databases as they fit together, and a restored one is as it was."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from deploy.backup import NotRestored, differences, fingerprint, restore, save
from shared.persistence.migrations import SERVICES, upgrade
from tests.servers import Servers

A_PARTNERSHIP = """
    insert into partnership (id, version, created_at, updated_at, name, purpose, status)
    values (gen_random_uuid(), 1, now(), now(), $1, 'Every child reads.', 'active')
"""


@pytest.fixture
async def databases(running: Servers) -> AsyncIterator[dict[str, dict[str, str]]]:
    """Four with tables, and four without."""
    admin = await asyncpg.connect(
        running.database_url.format(database="postgres").replace("+asyncpg", "")
    )
    made = {}
    for kind in ("full", "empty"):
        names = {service: f"backup_{os.getpid()}_{kind}_{service}" for service in SERVICES}
        for name in names.values():
            await admin.execute(f'create database "{name}"')
        made[kind] = {s: running.database_url.format(database=n) for s, n in names.items()}
    for service, url in made["full"].items():
        await upgrade(url, service)
    yield made
    for urls in made.values():
        for url in urls.values():
            await admin.execute(f'drop database "{urlsplit(url).path[1:]}" with (force)')
    await admin.close()


async def test_nothing_is_heard_while_the_four_moments_are_taken(
    databases: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """A reaction under way holds the backup up until it has ended; so none lies between."""
    students = await asyncpg.connect(databases["full"]["students"].replace("+asyncpg", ""))
    hearing = students.transaction()
    await hearing.start()
    await students.execute("insert into heard values ('partners', gen_random_uuid(), 1)")
    saving = asyncio.create_task(save(databases["full"], tmp_path / "backup"))
    waits = "select count(*) from pg_locks where not granted and relation = 'heard'::regclass"
    async with asyncio.timeout(20):
        while not await students.fetchval(waits):
            assert not saving.done()
            await asyncio.sleep(0.01)
    await hearing.commit()
    await saving
    await students.close()
    told = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    assert told["students"]["tables"]["heard"][0] == 1


async def test_what_is_restored_is_as_it_was_and_only_an_empty_database_is_filled(
    databases: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    partners = await asyncpg.connect(databases["full"]["partners"].replace("+asyncpg", ""))
    await partners.execute(A_PARTNERSHIP, "Zoë's zone")
    await save(databases["full"], tmp_path / "backup")
    before = await fingerprint(partners)
    await partners.execute(A_PARTNERSHIP, "After the backup")
    now = await fingerprint(partners)
    await partners.close()
    assert differences(before, now) == ["partnership"]

    assert await restore(databases["empty"], tmp_path / "backup") > 0
    restored = await asyncpg.connect(databases["empty"]["partners"].replace("+asyncpg", ""))
    assert await restored.fetchval("select array_agg(name) from partnership") == ["Zoë's zone"]
    await restored.close()
    with pytest.raises(NotRestored, match="holds something already"):
        await restore(databases["empty"], tmp_path / "backup")
    with pytest.raises(NotRestored, match="already"):
        await save(databases["full"], tmp_path / "backup")
