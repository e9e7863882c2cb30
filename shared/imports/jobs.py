"""Carrying out import jobs: all or nothing, safe to kill.

The file is kept with the job. Whoever carries a job out holds its row locked in the very
transaction that loads the file, so that a process killed in the middle leaves nothing behind and
the next one begins anew; the end of the job is committed with what it loaded.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col, select

from shared.contracts.imports import FileProblem, ImportState
from shared.core.refusals import ImportRefused
from shared.core.telemetry import IMPORTS, IMPORTS_FAILED
from shared.persistence.database import Database, is_away
from shared.persistence.records import new_id, utc_now
from shared.security.permissions import Permission
from shared.security.principal import Principal

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
ATTEMPTS = 5

IMPORT_ID = "import_id"  # in the info of the session that `load` gets
Progress = Callable[[float], Awaitable[None]]
Load = Callable[[AsyncSession, Principal, bytes, Progress], Awaitable[dict[str, int]]]


@dataclass(frozen=True)
class ImportKind:
    """`POST /v1/imports/<name>`. `load` runs in one transaction and answers with its counts, or
    raises `ImportRefused`; it reports progress from 0 to 1. `description`: which file, and what it
    does; docs/imports.md says more."""

    name: str
    permission: Permission
    load: Load
    summary: str
    description: str


class ImportJobRow(SQLModel, table=True):
    __tablename__ = "import_job"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str
    state: str = Field(default=ImportState.QUEUED, index=True)
    caller: dict[str, Any] = Field(sa_type=JSONB)
    account_id: UUID
    partner_id: UUID | None = None
    file: bytes | None = Field(default=None, sa_type=LargeBinary)
    counts: dict[str, int] = Field(default={}, sa_type=JSONB)
    problems: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    problem_count: int = 0
    created_at: datetime = Field(default_factory=utc_now, sa_type=DateTime(timezone=True))
    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class ImportProgressRow(SQLModel, table=True):
    """Apart from the job, whose row is locked while it runs."""

    __tablename__ = "import_progress"

    id: UUID = Field(primary_key=True)
    progress: float = 0.0
    attempts: int = 0


async def import_for_ever(
    database: Database, kinds: Sequence[ImportKind], waiting: asyncio.Event
) -> None:
    """Carries out queued jobs, one at a time per process. Never returns."""
    known = {kind.name: kind for kind in kinds}
    while True:
        waiting.clear()
        try:
            while await carry_out_next(database, known):
                pass
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await waiting.wait()
        except Exception as error:
            if not is_away(error):
                log.exception("imports failed; starting them again")
            log.warning("imports paused (%s)", type(error).__name__)
            await asyncio.sleep(POLL_SECONDS)


async def carry_out_next(database: Database, kinds: dict[str, ImportKind]) -> bool:
    """Carry out the oldest queued job. False where none waits or another process has it."""
    job: ImportJobRow | None = None
    try:
        async with database.transaction() as session:
            job = await _take(session)
            if job is None:
                return False
            await _load(database, session, kinds[job.kind], job)
    except ImportRefused as refused:
        await _end(database, job, ImportState.REFUSED, refused.problems, refused.problem_count)
    except Exception as error:
        if job is None or is_away(error):
            raise
        log.exception("import %s failed", job.id)
        attempts = await _attempts(database, job.id)
        if attempts >= ATTEMPTS or not isinstance(error, DBAPIError):
            problem = FileProblem(
                file="", code="import.failed",
                reason="The import could not be carried out. The operator's log says why.",
            )  # fmt: skip
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
            .where(ImportJobRow.state == ImportState.QUEUED)
            .order_by(col(ImportJobRow.created_at))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).scalar_one_or_none()
    return job


async def _load(
    database: Database, session: AsyncSession, kind: ImportKind, job: ImportJobRow
) -> None:
    caller = Principal.model_validate(job.caller)
    import_id = job.id

    async def progress(done: float) -> None:
        await _show(database, import_id, done)

    await _show(database, import_id, 0.0, attempt=1)
    session.info[IMPORT_ID] = import_id
    job.counts = await kind.load(session, caller, job.file or b"", progress)
    job.state = ImportState.DONE
    job.finished_at = utc_now()
    job.file = None
    session.add(job)
    IMPORTS.labels(kind.name, ImportState.DONE).inc()


async def _show(database: Database, import_id: UUID, done: float, *, attempt: int = 0) -> None:
    shown = insert(ImportProgressRow).values(id=import_id, progress=done, attempts=attempt)
    async with database.reading() as connection:
        await connection.execute(
            shown.on_conflict_do_update(
                index_elements=["id"],
                set_={
                    "progress": shown.excluded.progress,
                    "attempts": col(ImportProgressRow.attempts) + attempt,
                },
            )
        )


async def _attempts(database: Database, import_id: UUID) -> int:
    async with database.reading() as connection:
        found = await connection.execute(
            select(ImportProgressRow.attempts).where(ImportProgressRow.id == import_id)
        )
        return int(found.scalar_one())


async def _end(
    database: Database,
    job: ImportJobRow | None,
    state: ImportState,
    problems: list[FileProblem],
    problem_count: int,
) -> None:
    """The load is undone; what remains is to say so."""
    if job is None:
        return
    async with database.transaction() as session:
        row = await session.get_one(ImportJobRow, job.id, with_for_update=True)
        if row.state != ImportState.QUEUED:  # another process took it meanwhile
            return
        row.state = state
        row.problems = [problem.model_dump() for problem in problems]
        row.problem_count = problem_count
        row.finished_at = utc_now()
        row.file = None
        IMPORTS.labels(row.kind, state).inc()
