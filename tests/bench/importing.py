"""A OneRoster import beside plain COPY of the same rows into the same tables, and beside entities
looked up and added one by one: `python -m tests.bench importing [students] [rounds]`. What other
requests waited meanwhile, too."""

import asyncio
import io
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from services.students.roster.people.records import PersonRow, person
from shared.imports.routes import carry_out_next
from shared.persistence.migrations import tables_of, upgrade
from shared.security.principal import Principal, Role
from tests.bench.figures import Paper, percentile, spread
from tests.bench.oneroster_generator import package
from tests.bench.places import databases
from tests.houses import House, open_house, principal, settings_for

TABLES = [
    "org",
    "academic_session",
    "course",
    "class",
    "person",
    "person_role",
    "student",
    "student_identifier",
    "demographic",
    "student_contact",
    "enrollment",
    "outbox",
]
STUDENTS, ROUNDS, ENTITIES = 100_000, 5, 1_000
ASK_SECONDS = 0.05


@dataclass(frozen=True)
class Imported:
    """A package imported, and imported again: `seconds` of each; what other requests waited; the
    most memory that the process had meanwhile."""

    seconds: list[float]
    waits: list[float]
    peak_mebibytes: float


async def measured(students: int, rounds: int) -> dict[str, Any]:
    content = package(students)
    found: dict[str, list[float]] = {}
    waits: list[float] = []
    for _ in range(rounds):
        async with databases("import", "copy", "entities") as (nats, [ours, plain, entities]):
            imported = await _apart(ours, nats, content)
            copying, rows = await _copy(ours, plain)
            by_entity = await _entities(entities)
        waits += imported.waits
        first, again = imported.seconds
        for name, value in {
            "import_seconds": first, "again_seconds": again, "plain_copy_seconds": copying,
            "times_plain_copy": first / copying, "import_rows_a_second": rows / first,
            "entities_rows_a_second": by_entity, "peak_memory_mebibytes": imported.peak_mebibytes,
        }.items():  # fmt: skip
            found.setdefault(name, []).append(value)
    peak = max(found.pop("peak_memory_mebibytes"))
    return {
        "students": students, "rows": rows, "rounds": rounds,
        **{name: spread(values) for name, values in found.items()},
        "entities_rows": ENTITIES, "peak_memory_mebibytes": round(peak),
        "other_requests_meanwhile_ms": {
            "p50": percentile(waits, 50) * 1000, "p99": percentile(waits, 99) * 1000,
        },
    }  # fmt: skip


async def _entities(url: str) -> float:
    """Rows a second as they are usually written at first: an entity each, added to a session, one
    transaction for the file; of fewer rows, for it would take too long."""
    await upgrade(url, "students")
    engine = create_async_engine(url)
    source = uuid4()
    begin = time.perf_counter()
    async with AsyncSession(engine) as session:
        for number in range(ENTITIES):
            known = await session.scalar(
                select(PersonRow).where(person.source == source, person.source_id == str(number))
            )
            row = known or PersonRow(
                source=source, source_id=str(number), given_name="Ann", family_name="Bell",
                search_name="bell ann",
            )  # fmt: skip
            session.add(row)
        await session.commit()
    seconds = time.perf_counter() - begin
    await engine.dispose()
    return ENTITIES / seconds


async def _apart(url: str, nats: str, content: bytes) -> Imported:
    """In a process of its own, so that its memory is that of nothing else here."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(processes, _imported, url, nats, content)


def _imported(url: str, nats: str, content: bytes) -> Imported:
    return asyncio.run(_import(url, nats, content))


async def _import(url: str, nats: str, content: bytes) -> Imported:
    house = await open_house("students", settings_for(url, nats))
    admin = principal(Role.DISTRICT_ADMIN, partner_id=uuid4())
    kinds = {kind.name: kind for kind in house.imports}
    times: list[float] = []
    waits: list[float] = []
    for _ in range(2):
        async with house.calling(admin) as http:
            queued = await http.post("/v1/imports/oneroster", files={"file": ("r.zip", content)})
        begin = time.perf_counter()
        asking = asyncio.create_task(_ask(house, admin, queued.headers["Location"], waits))
        await carry_out_next(house.database, kinds)
        times.append(time.perf_counter() - begin)
        asking.cancel()
    [refused] = await house.rows("select count(*) as n from import_job where state <> 'done'")
    if refused["n"]:
        raise SystemExit("the import was refused")
    await house.database.close()
    return Imported(times, waits, _peak_mebibytes())


def _peak_mebibytes() -> float:
    """The most memory that this process has had. `getrusage` would say its parent's where that had
    more."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [kibibytes] = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(kibibytes) / 1024


async def _ask(house: House, caller: Principal, address: str, waits: list[float]) -> None:
    """What somebody else waits for an answer while the import runs."""
    while True:
        async with house.calling(caller) as http:
            begin = time.perf_counter()
            await http.get(address)
            waits.append(time.perf_counter() - begin)
        await asyncio.sleep(ASK_SECONDS)


async def _copy(full: str, empty: str) -> tuple[float, int]:
    """The very rows, taken out and put into the same empty tables by one COPY per table."""
    await upgrade(empty, "students")
    source, target = [await asyncpg.connect(u.replace("+asyncpg", "")) for u in (full, empty)]
    ordered = [table.name for table in tables_of("students").sorted_tables if table.name in TABLES]
    seconds, rows = 0.0, 0
    async with target.transaction():
        for table in ordered:
            data = io.BytesIO()
            await source.copy_from_table(table, output=data)
            data.seek(0)
            begin = time.perf_counter()
            copied = await target.copy_to_table(table, source=data)
            seconds += time.perf_counter() - begin
            rows += int(copied.split()[1])
        begin = time.perf_counter()
    seconds += time.perf_counter() - begin
    await source.close()
    await target.close()
    return seconds, rows


async def main(students: float = STUDENTS, rounds: float = ROUNDS) -> None:
    command = f"python -m tests.bench importing {students:.0f} {rounds:g}"
    paper = Paper("importing", command)
    figures = await measured(int(students), int(rounds))
    paper.tell(figures, () if rounds >= ROUNDS else (f"five rounds: {rounds:g}",))
