"""A backup while people write, its restoration on an empty machine, and an upgrade under load."""

import asyncio
import io
import json
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

import asyncpg

from deploy.backup import fingerprint, restore, save
from deploy.keys import ensure_keys
from shared.persistence.migrations import SERVICES
from tests.faults.client import Books
from tests.faults.harness import PROCESSES, Rig, end_postgres, rig
from tests.faults.sealed import log_figures
from tests.faults.settling import listeners, settled
from tests.faults.upgraded import SEEN_RIGHT_SECONDS, enrolled, lost_rows, seen_wrongly
from tests.faults.verdict import verdict
from tests.faults.world import a_world
from tests.faults.writing import writing
from tests.faults.zeros import found_bad
from tests.platform import Platform

ROOT = Path(__file__).parents[2]
BEFORE_SECONDS, AFTER_SECONDS = 12, 4
REPLACE_SECONDS = 3
KEYS_BEFORE = "keys-before"
MAKE_KEYS = """
import json, pathlib, sys
from deploy.keys import ensure_keys
print(json.dumps(ensure_keys(pathlib.Path(sys.argv[1]))))
"""

TELL_HEARD = """
import json
from tests.faults.settling import listeners
print(json.dumps([(service, type) for service, _, types in listeners() for type in types]))
"""


async def backup_and_restore(root: Path, seed: int) -> dict[str, Any]:
    """Writers are at work before, during and after the backup. It is restored into a PostgreSQL
    of its own in another folder, beside an empty broker, and judged."""
    kept, other = root / "kept", root / "elsewhere"
    async with rig(root, "backup") as rigged:
        world = await a_world(rigged.platform)
        async with writing(world, seed, pause=0.05) as books:
            await asyncio.sleep(BEFORE_SECONDS)
            began = time.monotonic()
            await save(rigged.platform.database_urls, kept)
            saving = time.monotonic() - began
            at_backup = books.acknowledged
            await asyncio.sleep(AFTER_SECONDS)
    other.mkdir()
    told: dict[str, Any] = {}

    async def filled(made: Platform) -> None:
        began = time.monotonic()
        told["rows"] = await restore(made.database_urls, kept)  # raises where one differs
        told["seconds_to_restore"] = round(time.monotonic() - began, 1)

    began = time.monotonic()
    try:
        async with rig(other, "restored", filled=filled) as restored:
            settling = await settled(restored)
            total = time.monotonic() - began
            figures = await verdict(restored, Books())
    finally:
        end_postgres(other)
    megabytes = sum(file.stat().st_size for file in kept.iterdir()) / 2**20
    return {
        "acknowledged_until_the_backup_ended": at_backup,
        "acknowledged_in_all": books.acknowledged,
        "seconds_to_save": round(saving, 1), "megabytes": round(megabytes, 1), **told,
        "rows_that_differ": 0, "seconds_until_settled": round(settling, 1),
        "minutes_from_nothing_to_settled": round(total / 60, 2),
        "bad": found_bad(figures), **figures,
    }  # fmt: skip


async def upgrade(root: Path, seed: int) -> dict[str, Any]:
    """From the release before the last change of tables to this one, process by process, while
    writers are at work. One replica each: what is being replaced is away for its start."""
    revision = _previous()
    if revision is None:
        return {
            "skipped": "no history of the repository here, or no earlier change of tables in it"
        }
    old = root / "previous"
    _check_out(revision, old)
    found: dict[str, Any] = {"from": revision, "to": _git("rev-parse", "--short", "HEAD")}
    async with rig(root, "upgrade", filled=_started_from(old)) as rigged:
        found["tables_before"] = await _revisions(rigged)
        rigged.anew = _heard() - _heard_by(old)
        world = await a_world(rigged.platform)
        children = await enrolled(rigged, world)
        found["children_seen_wrongly_before"] = len(await seen_wrongly(children))
        async with writing(world, seed, pause=0.1) as books:
            await asyncio.sleep(BEFORE_SECONDS)
            found["rows_before"] = await _rows(rigged)
            rigged.platform.folder_of_code = ROOT
            rigged.platform.keys = ensure_keys(rigged.platform.folder / KEYS_BEFORE)
            away = {}
            for name in PROCESSES:
                began = time.monotonic()
                rigged.away.add(name)
                rigged.platform.of[name].terminate()
                await asyncio.to_thread(rigged.platform.of[name].wait)
                await rigged.bring_back(name)
                await rigged.platform.ready(name)
                away[name] = round(time.monotonic() - began, 1)
                await asyncio.sleep(REPLACE_SECONDS)
        settling = await settled(rigged)
        found["tables_after"] = await _revisions(rigged)
        figures = await verdict(rigged, books)
        lost = await lost_rows(rigged, children)
        wrong = await seen_wrongly(children, SEEN_RIGHT_SECONDS)
        figures |= {
            "children_rows": sum(map(len, children.rows.values())),
            "children_rows_lost": sum(lost.values()), "children_rows_lost_of": lost,
            "children_seen_wrongly": len(wrong), "seen_wrongly": wrong,
        } | await log_figures(rigged, world.admin)  # fmt: skip
    return found | {
        "seconds_each_was_away": away, "seconds_until_settled": round(settling, 1),
        "bad": found_bad(figures), **figures,
    }  # fmt: skip


def _started_from(old: Path) -> Any:
    async def filled(made: Platform) -> None:
        made.folder_of_code = old
        made.keys = _keys_of(old, made.folder / KEYS_BEFORE)

    return filled


def _keys_of(old: Path, folder: Path) -> dict[str, str]:
    """As the release before made them: it need not read what this one makes."""
    made = subprocess.run([sys.executable, "-P", "-c", MAKE_KEYS, str(folder)], text=True,
                          capture_output=True, check=True, env={"PYTHONPATH": str(old)})  # fmt: skip
    keys: dict[str, str] = json.loads(made.stdout)
    return keys


def _heard() -> set[tuple[str, str]]:
    return {(service, type) for service, _, types in listeners() for type in types}


def _heard_by(old: Path) -> set[tuple[str, str]]:
    """As the release before says."""
    told = subprocess.run([sys.executable, "-P", "-c", TELL_HEARD], text=True, capture_output=True,
                          check=True, env={"PYTHONPATH": str(old)})  # fmt: skip
    return {(service, type) for service, type in json.loads(told.stdout)}


async def _rows(rigged: Rig) -> int:
    rows = 0
    for url in rigged.platform.database_urls.values():
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        rows += sum(count for count, _ in (await fingerprint(connection)).values())
        await connection.close()
    return rows


async def _revisions(rigged: Rig) -> dict[str, str]:
    return {s: await rigged.one(s, "select version_num from alembic_version") for s in SERVICES}


def _previous() -> str | None:
    """The last commit whose tables are older than today's. One that was between two orders of its
    migrations, as only happens beside a release, does not count."""
    try:
        now = _migrations("HEAD")
        steps = _git("log", "--format=%h", "--", "services/*/migrations/versions/*.py").split()
        for step in steps:
            before = _git("rev-parse", "--short", f"{step}^")
            there = _migrations(before)
            if there < now and len({path[: path.rindex("/") + 5] for path in there}) == len(there):
                return before
    except (OSError, subprocess.CalledProcessError):
        return None
    return None


def _migrations(revision: str) -> set[str]:
    listed = _git("ls-tree", "-r", "--name-only", revision, "--",
                  *(f"services/{service}/migrations/versions" for service in SERVICES))  # fmt: skip
    return set(listed.splitlines())


def _check_out(revision: str, folder: Path) -> None:
    """Whole: a release is started by its own launcher, which knows where its settings are."""
    folder.mkdir()
    made = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(made.stdout)) as packed:
        packed.extractall(folder, filter="data")


def _git(*arguments: str) -> str:
    said = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True,
                          check=True, env={**os.environ, "GIT_PAGER": ""})  # fmt: skip
    return said.stdout.strip()
