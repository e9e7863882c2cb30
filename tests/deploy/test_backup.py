"""A backup holds four databases that fit together, and a restored database is as it was."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy.backup import NotRestored, differences, fingerprint, restore, save
from shared.persistence.migrations import SERVICES
from tests.databases import create, drop
from tests.promised import promise
from tests.servers import Servers

A_PARTNERSHIP = """
    insert into partnership (id, version, created_at, updated_at, name, purpose, status)
    values (gen_random_uuid(), 1, now(), now(), $1, 'Every child reads.', 'active')
"""


@pytest.fixture
async def databases(running: Servers) -> AsyncIterator[dict[str, dict[str, str]]]:
    """Four with tables, and four without."""
    server, tag = running.database_url, f"backup_{os.getpid()}"
    yield {
        "full": {s: await create(server, f"{tag}_full_{s}", of=s) for s in SERVICES},
        "empty": {s: await create(server, f"{tag}_empty_{s}") for s in SERVICES},
    }
    await drop(server, *(f"{tag}_{kind}_{s}" for kind in ("full", "empty") for s in SERVICES))


@promise(
    "Events",
    "A backup of the four databases fits together: no service hears an event while their "
    "moments are taken.",
)
async def test_the_backup_takes_its_four_snapshots_while_no_reaction_is_under_way(
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


async def test_a_restored_database_is_as_it_was_and_only_an_empty_database_is_filled(
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
