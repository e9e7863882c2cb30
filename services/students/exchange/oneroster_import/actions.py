"""Imports a OneRoster package: read and checked into stages, then merged, then announced."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.exchange.file_validation.rules import FileCheck
from services.students.exchange.file_validation.rules import Progress as Reading
from services.students.exchange.oneroster_import import queries, rules
from services.students.exchange.oneroster_import.records import RosterRow, roster
from services.students.exchange.oneroster_package.rules import Manifest, opened, table
from services.students.exchange.oneroster_schema.rules import LAYOUTS
from services.students.exchange.roster_effects import actions as effects
from services.students.exchange.roster_effects import queries as effect_queries
from services.students.participation.attendance import actions as attendance
from services.students.roster.classes import actions as classes
from services.students.roster.contacts import actions as contacts
from services.students.roster.enrollments import actions as enrollments
from services.students.roster.merging.rules import Mode
from services.students.roster.people import actions as people
from services.students.roster.possible_duplicates import actions as possible_duplicates
from services.students.roster.school_calendar import queries as calendars
from services.students.roster.schools import actions as schools
from services.students.roster.students import actions as students
from shared.contracts.students.roster import RosterImported
from shared.events.outbox import announce
from shared.imports.archives import Archive
from shared.imports.findings import Findings
from shared.imports.routes import IMPORT_ID, ImportKind, Loaded, Progress
from shared.persistence.copying import copy_csv
from shared.persistence.records import new_id
from shared.security.permissions import Permission
from shared.security.principal import Principal

READING = 0.55
"""The share of the work that is reading and checking."""
STEP = 0.01
WORK_MEMORY = "64MB"


async def load(
    session: AsyncSession, caller: Principal, file: bytes, progress: Progress
) -> Loaded:
    source, findings = rules.district_of(caller.partner_id), Findings()
    package, manifest = await asyncio.to_thread(opened, file, findings)
    roster = await _roster_row(session, source)
    reading = rules.progress_of(
        manifest, await queries.known_ids(session, source, manifest), findings
    )

    counts = await _stage(session, reading, package, manifest, progress)

    await effects.note(session, source)
    before = await calendars.sessions(session, source)
    await _merge(session, source, manifest, progress)
    await _count_again(session, source, before)

    counts |= await queries.people_counts(session, source)
    await _tell(session, roster, manifest, counts)
    return Loaded(counts, findings, await effect_queries.effects(session, source))


async def _roster_row(session: AsyncSession, source: UUID) -> RosterRow:
    """Of this source, made if there was none; locked, so that two imports never mix."""
    now = func.now()
    made = insert(roster).values(
        id=new_id(), version=0, created_at=now, updated_at=now, source=source
    )
    await session.execute(made.on_conflict_do_nothing(index_elements=["source"]))
    found = select(RosterRow).where(roster.source == source).with_for_update()
    return (await session.execute(found)).scalar_one()


async def _stage(
    session: AsyncSession,
    reading: Reading,
    package: Archive,
    manifest: Manifest,
    progress: Progress,
) -> dict[str, int]:
    """Reads every file once, checking and copying. Raises `ImportRefused` with all faults."""
    await session.execute(text(f"set local work_mem = '{WORK_MEMORY}'"))
    for stage in rules.stage_tables():
        await session.execute(text(stage))
    total = sum(package.size(f"{file}.csv") for file in manifest.modes) or 1
    done = 0
    for file, mode in manifest.modes.items():
        unkept = rules.unkept_columns(manifest.version, file)
        check = FileCheck(LAYOUTS[manifest.version][file], mode, reading, unkept)
        meter = _Meter(progress, done / total, package.size(f"{file}.csv") / total)
        await _stage_file(session, package, manifest.version, check, meter)
        done += package.size(f"{file}.csv")
    rules.findings(reading).refuse()
    if not rules.has_own_roles(manifest) and "users" in manifest.modes:
        await session.execute(text(people.ROLES_OF_USERS))
    await _analyze(session)
    return _counts(reading.counts) | {"roles": await queries.role_count(session)}


class _Meter:
    """Shows how far the reading is, in steps that are worth a statement."""

    def __init__(self, progress: Progress, begin: float, share: float) -> None:
        self._progress, self._begin, self._share = progress, begin, share
        self._shown = -1.0

    async def show(self, part: float) -> None:
        done = READING * (self._begin + self._share * min(part, 1.0))
        if done - self._shown >= STEP:
            self._shown = done
            await self._progress(done)


async def _stage_file(
    session: AsyncSession, package: Archive, version: str, check: FileCheck, meter: _Meter
) -> None:
    file = check.layout.file
    rows = _rows(check, version, package)
    pieces = _pieces(rows, package.size(f"{file}.csv"), meter)
    columns = rules.staged_columns(version, file)
    if not columns:
        async for _ in pieces:
            pass
        return
    await copy_csv(
        session, rules.stage(file), pieces, ["line", *(name.lower() for name in columns)]
    )


def _rows(check: FileCheck, version: str, package: Archive) -> Iterator[bytes]:
    """Not before the first is asked for, in a thread, is the file opened."""
    read = table(package, check.layout.file, check.progress.faults)
    yield from rules.staged(check, version, read)


async def _pieces(rows: Iterator[bytes], size: int, meter: _Meter) -> AsyncIterator[bytes]:
    """Reads and checks in a thread, so that requests are answered meanwhile."""
    done = 0
    while (piece := await asyncio.to_thread(next, rows, None)) is not None:
        done += len(piece)
        await meter.show(done / max(size, 1))
        if piece:
            yield piece


async def _analyze(session: AsyncSession) -> None:
    for file in rules.STAGES:
        await session.execute(text(f"analyze {rules.stage(file)}"))


async def _merge(
    session: AsyncSession, source: UUID, manifest: Manifest, progress: Progress
) -> None:
    known: dict[str, object] = {"source": source}
    modes = dict(manifest.modes)
    own_roles = rules.has_own_roles(manifest)
    await schools.merge(session, known, modes)
    await classes.merge(session, known, modes)
    await progress(READING)
    await people.merge(session, known, modes)
    await progress(0.65)
    mode: Mode | None = modes.get("roles" if own_roles else "users")
    await people.merge_roles(session, known, mode, of_users=not own_roles)
    await progress(0.72)
    await students.merge(session, known, modes)
    await contacts.merge(session, known)
    await progress(0.82)
    await enrollments.merge(session, known, modes)
    await progress(0.92)


async def _count_again(
    session: AsyncSession, source: UUID, before: dict[int, tuple[date, date]]
) -> None:
    """Attendance of the school years whose academic sessions have changed is counted again."""
    after = await calendars.sessions(session, source)
    for year in sorted(before.keys() | after.keys()):
        if before.get(year) != after.get(year):
            await attendance.stale(session, source, year)


async def _tell(
    session: AsyncSession, roster: RosterRow, manifest: Manifest, counts: dict[str, int]
) -> None:
    """Announces what changed; of a package that changes nothing, nothing."""
    if not await queries.anything_touched(session):
        return
    await students.announce_merged(session)
    found = await possible_duplicates.find_merged(session, roster.source)
    if found:
        counts["possible_duplicates"] = found
    imported = RosterImported(
        import_id=session.info[IMPORT_ID],
        source=roster.source,
        kind=rules.kind_of(manifest),
        counts=counts,
    )
    announce(session, roster, imported)


def _counts(rows: dict[str, int]) -> dict[str, int]:
    names = {"academicSessions": "academic_sessions"}
    return {names.get(file, file): rows.get(file, 0) for file in rules.STAGES}


IMPORT = ImportKind(
    "oneroster",
    Permission.ROSTERS_IMPORT,
    load,
    "Import a OneRoster 1.2 or 1.1 CSV package (a zip), bulk or delta, for the own district.",
    "`manifest.csv` declares each file as `bulk` or `delta`. A `bulk` file is whole: a record that is"
    " missing from it has ended, and a child who is missing has left. A `delta` file holds only the"
    " changed records, each with a `status`. Announces `students.student.rostered.v1` for each child"
    " that changed, and `students.roster.imported.v1`.",
)
