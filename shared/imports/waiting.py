"""Jobs that wait for a confirmation: confirmed, rejected, or dropped with their file."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.imports import ImportState
from shared.imports.codes import Code
from shared.imports.findings import WHOLE
from shared.imports.records import QUEUED_APART, ImportJobRow, import_job
from shared.persistence.records import utc_now


def ended(state: ImportState) -> dict[str, Any]:
    """The fields of a job that has come to its end."""
    return {"state": state, "finished_at": utc_now(), "file": None, "expires_at": None}


async def confirm(session: AsyncSession, import_id: UUID, account_id: UUID) -> bool:
    """Queues a job that waits for this. False where it does not wait, or waited too long."""
    return await _decide(
        session, import_id, import_job.expires_at > func.now(),
        state=QUEUED_APART, confirmed_by=account_id, expires_at=None,
    )  # fmt: skip


async def reject(session: AsyncSession, import_id: UUID) -> bool:
    """Ends a job that waits for a confirmation, without effect. False where it does not wait."""
    return await _decide(session, import_id, **_refused(Code.IMPORT_REJECTED))


async def drop_expired(session: AsyncSession) -> None:
    """Ends the jobs that nobody confirmed in time, and deletes their files."""
    await _decide(
        session, None, import_job.expires_at <= func.now(), **_refused(Code.CONFIRMATION_EXPIRED)
    )


async def drop_waiting(session: AsyncSession, partner_id: UUID) -> None:
    """Ends the jobs of a partner that wait for a confirmation: a child was erased, and their files
    might name it."""
    await _decide(session, None, import_job.partner_id == partner_id, **_refused(Code.FILE_ERASED))


def _refused(code: Code) -> dict[str, Any]:
    problem = WHOLE.problem(code).model_dump()
    return ended(ImportState.REFUSED) | {"problems": [problem], "problem_count": 1}


async def _decide(
    session: AsyncSession, import_id: UUID | None, *which: Any, **decided: Any
) -> bool:
    waits = import_job.state == ImportState.NEEDS_CONFIRMATION
    own = () if import_id is None else (import_job.id == import_id,)
    done = await session.execute(update(ImportJobRow).where(waits, *own, *which).values(**decided))
    return bool(done.rowcount)  # type: ignore[attr-defined]
