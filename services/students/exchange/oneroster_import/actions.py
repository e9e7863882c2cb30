"""Imports a OneRoster package: read and checked into stages, then merged, then announced."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import UUID
from zipfile import ZipFile

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.exchange.file_validation.rules import FileCheck
from services.students.exchange.oneroster_import import queries, rules
from services.students.exchange.oneroster_import.records import RosterRow
from services.students.exchange.oneroster_package.queries import Unreadable, lines, opened, size
from services.students.exchange.oneroster_package.rules import Manifest
from services.students.exchange.oneroster_schema.rules import LAYOUTS
from services.students.exchange.student_loading import actions as intake
from services.students.roster.classes import actions as classes
from services.students.roster.enrollments import actions as enrollments
from services.students.roster.merging.rules import Mode
from services.students.roster.people import actions as people
from services.students.roster.schools import actions as schools
from shared.contracts.imports import FileProblem
from shared.contracts.students.roster import RosterImported
from shared.events.outbox import announce
from shared.imports.routes import IMPORT_ID, ImportKind, ImportRefused, Progress
from shared.persistence.copying import copy_csv
from shared.security.permissions import Permission
from shared.security.principal import Principal

READING = 0.55
"""The share of the work that is reading and checking."""
STEP = 0.01
WORK_MEMORY = "64MB"


async def load(
    session: AsyncSession, caller: Principal, file: bytes, progress: Progress
) -> dict[str, int]:
    source = _district_of(caller)
    package, manifest = await asyncio.to_thread(opened, file)
    roster = await queries.roster_row(session, source)

    counts = await _stage(session, source, package, manifest, progress)

    await _merge(session, source, manifest, progress)

    counts |= await queries.people_counts(session, source)
    await _tell(session, roster, manifest, counts)
    return counts


def _district_of(caller: Principal) -> UUID:
    """A roster is imported in the name of the caller's own district."""
    if caller.partner_id is None:
        reason = "an import is made under a membership of the district whose roster it is"
        raise ImportRefused([FileProblem(file="", code="package.no_district", reason=reason)])
    return caller.partner_id


async def _stage(
    session: AsyncSession, source: UUID, package: ZipFile, manifest: Manifest, progress: Progress
) -> dict[str, int]:
    """Reads every file once, checking and copying. Raises `ImportRefused` with all faults."""
    await session.execute(text(f"set local work_mem = '{WORK_MEMORY}'"))
    for table in rules.stage_tables():
        await session.execute(text(table))
    reading = rules.progress_of(manifest, await queries.known_ids(session, source, manifest))
    total = sum(size(package, f"{file}.csv") for file in manifest.modes) or 1
    done = 0
    for file, mode in manifest.modes.items():
        check = FileCheck(LAYOUTS[manifest.version][file], mode, reading)
        meter = _Meter(progress, done / total, size(package, f"{file}.csv") / total)
        await _stage_file(session, package, manifest.version, check, meter)
        done += size(package, f"{file}.csv")
    found = rules.findings(reading)
    if found.total:
        raise ImportRefused(found.listed, found.total)
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
    session: AsyncSession, package: ZipFile, version: str, check: FileCheck, meter: _Meter
) -> None:
    file = check.layout.file
    rows = _readable(check, rules.staged(check, version, lines(package, f"{file}.csv")))
    pieces = _pieces(rows, size(package, f"{file}.csv"), meter)
    columns = rules.staged_columns(version, file)
    if not columns:
        async for _ in pieces:
            pass
        return
    await copy_csv(
        session, rules.stage(file), pieces, ["line", *(name.lower() for name in columns)]
    )


def _readable(check: FileCheck, rows: Iterator[bytes]) -> Iterator[bytes]:
    """Ends where the file cannot be read on, which is then a fault."""
    try:
        yield from rows
    except Unreadable as error:
        check.fault(error.line, None, error.code, error.reason)


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
    await intake.merge(session, known, modes)
    await intake.merge_contacts(session, known)
    await progress(0.82)
    await enrollments.merge(session, known, modes)
    await progress(0.92)


async def _tell(
    session: AsyncSession, roster: RosterRow, manifest: Manifest, counts: dict[str, int]
) -> None:
    """Announces what changed; of a package that changes nothing, nothing."""
    if not await queries.anything_touched(session):
        return
    await intake.tell(session)
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
    "`manifest.csv` says of each file whether it is `bulk` (whole: what is missing in it has ended,"
    " and a child that is has left) or `delta` (only what changed, with a `status`). Announces"
    " `students.student.rostered.v1` of each child that changed, and `students.roster.imported.v1`.",
)
