"""A backup holds four databases that fit together, and a restored database is as it was."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import nats
import pytest
from nats.aio.client import Client, RawCredentials

from deploy.backup import NotRestored, differences, fingerprint, restore, save
from deploy.servers import free_port
from deploy.state import WANTED_PORTS
from shared.formats.nkeys import Kind, new_seed, public_of
from shared.persistence.migrations import SERVICES
from tests.databases import create, drop
from tests.promised import promise
from tests.servers import Servers, open_folder

ROOT = Path(__file__).parents[2]
START_SECONDS = 180
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


@dataclass
class Machine:
    """What `make` runs on a machine of its own: another folder with the same code."""

    folder: Path

    @property
    def local(self) -> Path:
        return self.folder / ".local"

    @property
    def platform(self) -> dict[str, Any]:
        known: dict[str, Any] = json.loads((self.local / "platform.json").read_text())
        return known

    async def run(self, *command: str) -> str:
        said, ended = await self._ended(*command)
        assert ended == 0, said
        return said

    async def _ended(self, *command: str) -> tuple[str, int | None]:
        process = await self._begun(*command)
        said, _ = await process.communicate()
        return said.decode(), process.returncode

    async def _begun(self, *command: str) -> "asyncio.subprocess.Process":
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", *command, cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder)},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip

    @asynccontextmanager
    async def up(self) -> AsyncIterator[None]:
        running = await self._begun("deploy.local", "up", "--empty")
        assert running.stdout is not None
        said = b""
        try:
            while b"Press Ctrl-C" not in said:
                line = await asyncio.wait_for(running.stdout.readline(), START_SECONDS)
                assert line, said.decode()
                said += line
            yield
        finally:
            await self.run("deploy.local", "down")
            await running.communicate()

    def operator(self) -> httpx.AsyncClient:
        bearer = f"Bearer {self.platform['people'][0]['token']}"
        address = self.platform["gateway"]
        return httpx.AsyncClient(base_url=address, headers={"Authorization": bearer}, timeout=30)

    async def admits(self, access: dict[str, Any], seed: str) -> bool:
        """Whether the broker lets a partner's system in with these credentials."""
        known = RawCredentials(access["credentials"].replace("{seed}", seed))
        broker = Client()
        try:
            await broker.connect(
                self.platform["broker"], user_credentials=known, allow_reconnect=False,
                connect_timeout=5,
            )  # fmt: skip
        except (nats.errors.Error, OSError, TimeoutError):
            if broker._transport is not None:  # the library leaves its socket open
                broker._transport.close()
            return False
        await broker.close()
        return True


@pytest.fixture
def machines() -> Iterator[list[Machine]]:
    with open_folder() as one, open_folder() as other:
        for folder in (one, other):
            for part in ("deploy", "shared", "services", "gateway", "docs"):
                (folder / part).symlink_to(ROOT / part)
        begun = one / ".local"
        begun.mkdir()  # on ports of its own: containers beside the tests listen on the usual ones
        ports = {name: free_port() for name in WANTED_PORTS}
        (begun / "ports.json").write_text(json.dumps({"ports": ports}))
        yield [Machine(one), Machine(other)]


@promise("Operation", "A platform moves to another machine with everybody who is known to it.")
async def test_a_platform_moves_to_another_machine_where_other_ports_are_free(
    machines: list[Machine],
) -> None:
    """With its keys the credentials of a partner's system stay valid; without them everybody is
    known, and the system asks for new credentials."""
    here, there = machines
    seed = new_seed(Kind.USER)
    draft = {"name": "Riverside Tutors", "kind": "community_organization"}
    async with here.up(), here.operator() as operator:
        partner_id = (await operator.post("/v1/partners", json=draft)).json()["id"]
        key = {"user_public_key": public_of(seed)}
        opened = await operator.post(f"/v1/partners/{partner_id}/stream", json=key)
        assert opened.status_code == 201, opened.text
        for folder, more in (("with", ["--keys"]), ("without", [])):
            said = await here.run("deploy.backup", "save", str(here.folder / folder), *more)
            assert ("keys=1" in said) is not bool(more)
        port = int(here.platform["gateway"].rpartition(":")[2])
    readable = [
        file.name
        for saved in ("with", "without")
        for file in (here.folder / saved).rglob("*")
        if file.is_file() and file.stat().st_mode & 0o077
    ]
    assert readable == []

    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        for folder in ("without", "with"):
            said = await there.run("deploy.backup", "restore", str(here.folder / folder))
            assert ("must ask for new" in said) is (folder == "without")
            async with there.up(), there.operator() as operator:
                assert there.platform["gateway"] != here_address(port)
                found = await operator.get(f"/v1/partners/{partner_id}/stream")
                assert (found.status_code, found.json()["keys"][0]["user_public_key"]) == (
                    200, public_of(seed),
                )  # fmt: skip
                wanted = folder == "with"
                async with asyncio.timeout(START_SECONDS):
                    while await there.admits(opened.json(), seed) is not wanted:
                        await asyncio.sleep(0.2)
                address = f"/v1/partners/{partner_id}/stream/credentials"
                anew = await operator.post(address, json=key)
                assert await there.admits(anew.json(), seed)
            said = await there.run("deploy.local", "reset")
            assert "keys are gone" in said and not there.local.exists()


def here_address(port: int) -> str:
    return f"http://127.0.0.1:{port}"
