"""Carries out import jobs: all or nothing, and safe to kill at any moment.

The file is kept with the job. The process that carries a job out holds the job's row locked in the
very transaction that loads the file, and commits the job's end with the loaded rows. A process
killed in the middle therefore leaves nothing behind, and the next one begins the job anew.

A preview is such a transaction, rolled back at its end. So is an import that the brake stops
(brake.py): the file stays until somebody confirms the import, which is then carried out anew.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.imports import FileProblem, ImportEffect, ImportState
from shared.core.refusals import ImportRefused
from shared.core.tasks import for_ever, woken
from shared.core.telemetry import IMPORTS, IMPORTS_FAILED
from shared.imports.brake import Brake, exceeds, to_confirm
from shared.imports.codes import Code
from shared.imports.findings import WHOLE, Findings
from shared.imports.records import (
    WAITING,
    ImportJobRow,
    ImportProgressRow,
    import_job,
    import_progress,
)
from shared.imports.waiting import ended
from shared.persistence.database import Database, is_away
from shared.persistence.records import utc_now
from shared.security.permissions import Permission
from shared.security.principal import Principal

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
ATTEMPTS = 5

IMPORT_ID = "import_id"  # a key in the info of the session that `load` gets
Progress = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load has done, and the remarks of its reader. `effects`: one for each kind of record
    that the load adds, changes or ends."""

    counts: dict[str, int]
    findings: Findings
    effects: list[ImportEffect] = field(default_factory=list)


Load = Callable[[AsyncSession, Principal, bytes, Progress], Awaitable[Loaded]]
FindMapping = Callable[[AsyncSession, Principal, UUID, int | None], Awaitable[int]]


@dataclass(frozen=True)
class ImportKind:
    """A kind of import, `POST /v1/imports/<name>`. `load` runs in one transaction and returns what
    it has done, or raises `ImportRefused`; it reports progress from 0 to 1. `description`: the file it
    takes and the effect, for OpenAPI; docs/imports.md says more. `mapping`: for a kind that reads
    other tables by a mapping (`?mapping=`), gives the version that the caller may read by, the one
    asked for or the latest; `load` finds it with `mapped.mapping_of`."""

    name: str
    permission: Permission
    load: Load
    summary: str
    description: str
    mapping: FindMapping | None = None


class _UndoneError(Exception):
    """Rolls a load back that was a preview, or that the brake stops."""

    def __init__(self, state: ImportState, report: dict[str, Any]) -> None:
        super().__init__(state)
        self.state, self.report = state, report


UNASKED = Brake()


async def import_for_ever(
    database: Database,
    kinds: Sequence[ImportKind],
    waiting: asyncio.Event,
    brake: Brake = UNASKED,
) -> None:
    """Carries out queued jobs, one at a time per process. Never returns."""
    known = {kind.name: kind for kind in kinds}

    async def work() -> None:
        while True:
            waiting.clear()
            while await carry_out_next(database, known, brake):
                pass
            await woken(waiting, POLL_SECONDS)

    def passing(error: Exception) -> bool:
        if not is_away(error):
            log.exception("imports failed; starting them again")
        return True

    await for_ever("imports", work, POLL_SECONDS, passing)


async def carry_out_next(
    database: Database, kinds: dict[str, ImportKind], brake: Brake = UNASKED
) -> bool:
    """Carries out the oldest queued job. False where none waits or another process has it. Raises
    where the database is away."""
    job: ImportJobRow | None = None
    try:
        async with database.transaction() as session:
            job = await _take(session)
            if job is None:
                return False
            await _load(database, session, kinds[job.kind], job, brake)
    except _UndoneError as undone:
        await _record(database, job, undone.state, undone.report, brake.days)
    except ImportRefused as refused:
        await _end(database, job, ImportState.REFUSED, refused.problems, refused.problem_count)
    except Exception as error:
        if job is None or is_away(error):
            raise
        log.exception("import %s failed", job.id)
        attempts = await _attempts(database, job.id)
        if attempts >= ATTEMPTS or not isinstance(error, DBAPIError):
            problem = WHOLE.problem(Code.IMPORT_FAILED)
            await _end(database, job, ImportState.REFUSED, [problem], 1)
            IMPORTS_FAILED.labels(job.kind).inc()
    return True


async def _take(session: AsyncSession) -> ImportJobRow | None:
    # A whole import may take longer than a request may.
    await session.execute(text("set local statement_timeout = 0"))
    await session.execute(text("set local idle_in_transaction_session_timeout = 0"))
    job: ImportJobRow | None = (
        await session.execute(
            select(ImportJobRow)
            .where(import_job.state.in_(WAITING))
            .order_by(import_job.created_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).scalar_one_or_none()
    return job


async def _load(
    database: Database, session: AsyncSession, kind: ImportKind, job: ImportJobRow, brake: Brake
) -> None:
    caller = Principal.model_validate(job.caller)
    import_id = job.id

    async def progress(done: float) -> None:
        await _show(database, import_id, done)

    await _show(database, import_id, 0.0, attempt=1)
    session.info[IMPORT_ID] = import_id
    loaded = await kind.load(session, caller, job.file or b"", progress)
    effects = brake.judged(loaded.effects)
    report = _report(loaded, effects)
    if job.preview:
        raise _UndoneError(ImportState.DONE, report)
    if _must_ask(job, effects):
        raise _UndoneError(ImportState.NEEDS_CONFIRMATION, report)
    job.sqlmodel_update(ended(ImportState.DONE) | report)
    session.add(job)
    IMPORTS.labels(kind.name, ImportState.DONE).inc()


def _must_ask(job: ImportJobRow, effects: Sequence[ImportEffect]) -> bool:
    """Where somebody has confirmed, only what goes beyond that."""
    if job.confirmed_by is None:
        return to_confirm(effects)
    return exceeds(effects, list(map(ImportEffect.model_validate, job.effects)))


def _report(loaded: Loaded, effects: Sequence[ImportEffect]) -> dict[str, Any]:
    return {
        "counts": loaded.counts,
        "effects": [effect.model_dump(mode="json") for effect in effects],
        "remarks": [remark.model_dump() for remark in loaded.findings.remarks],
        "remark_count": loaded.findings.remarked.total(),
    }


async def _show(database: Database, import_id: UUID, done: float, *, attempt: int = 0) -> None:
    shown = insert(import_progress).values(id=import_id, progress=done, attempts=attempt)
    async with database.reading() as connection:
        await connection.execute(
            shown.on_conflict_do_update(
                index_elements=["id"],
                set_={
                    "progress": shown.excluded.progress,
                    "attempts": import_progress.attempts + attempt,
                },
            )
        )


async def _attempts(database: Database, import_id: UUID) -> int:
    async with database.reading() as connection:
        found = await connection.execute(
            select(import_progress.attempts).where(import_progress.id == import_id)
        )
        return int(found.scalar_one())


async def _end(
    database: Database,
    job: ImportJobRow | None,
    state: ImportState,
    problems: list[FileProblem],
    problem_count: int,
) -> None:
    """Records the job's end, after its load was rolled back."""
    said = [problem.model_dump() for problem in problems]
    await _record(database, job, state, {"problems": said, "problem_count": problem_count})


async def _record(
    database: Database,
    job: ImportJobRow | None,
    state: ImportState,
    report: dict[str, Any],
    days: int = 0,
) -> None:
    """Records the state in which a job is after its load was rolled back. `days`: for which it waits
    where it needs a confirmation."""
    if job is None:
        return
    async with database.transaction() as session:
        row = await session.get_one(ImportJobRow, job.id, with_for_update=True)
        if row.state not in WAITING:  # another process took it meanwhile
            return
        if state is ImportState.NEEDS_CONFIRMATION:
            row.state, row.confirmed_by = state, None
            row.expires_at = utc_now() + timedelta(days=days)
            await session.execute(delete(ImportProgressRow).where(import_progress.id == row.id))
        else:
            row.sqlmodel_update(ended(state))
        row.sqlmodel_update(report)
        IMPORTS.labels(row.kind, state).inc()
