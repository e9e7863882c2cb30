"""Long imports over HTTP: 202 at once, and progress while it runs (shared/imports/jobs.py)."""

import asyncio
import csv
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from sqlalchemy import or_, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from shared.contracts.imports import ImportJob, ImportState
from shared.core.refusals import PROBLEMS_KEPT, ImportRefused, TooLarge, refusals
from shared.http.route import noun
from shared.imports.jobs import (
    IMPORT_ID,
    ImportJobRow,
    ImportKind,
    ImportProgressRow,
    Progress,
    carry_out_next,
    import_for_ever,
)
from shared.persistence.database import Database, Reader, Session
from shared.persistence.queries import unknown
from shared.security.permissions import Permission, may
from shared.security.principal import Principal, Role

FILE_BYTES = 64 * 1024 * 1024
FORM_BYTES = 64 * 1024
WATCH_SECONDS = 0.25
# Of a CSV. Whoever reads one refuses much shorter ones, with the name of the field; beyond this the
# parser gives up, which knows none.
FIELD_CHARACTERS = 8 * 1024 * 1024
csv.field_size_limit(FIELD_CHARACTERS)

OF_EVERY_KIND = f"""\
Answers at once with the job, and with its address in `Location`; the job says how it stands and, once
it has ended, what it did, or each fault with file, line, field and code. All of a file is taken in or
nothing of it; what is known already changes nothing. At most {FILE_BYTES // 1024**2} MiB."""
QUEUED: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "The job is queued",
        "headers": {"Location": {"description": "The job", "schema": {"type": "string"}}},
    }
}

ImportReader = Annotated[Principal, may(Permission.IMPORTS_READ)]


def import_router(kinds: Sequence[ImportKind]) -> APIRouter:
    router = noun("imports")
    for kind in kinds:
        _add_upload(router, kind)

    @router.get("/{import_id}", responses=refusals(404))
    async def read_import(import_id: UUID, caller: ImportReader, reader: Reader) -> ImportJob:
        """How an import stands. Answers alike for none and for another partner's."""
        return await _job(reader, caller, import_id)

    @router.get(
        "/{import_id}/progress",
        response_class=StreamingResponse,
        responses={
            200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"},
            **refusals(404),
        },
    )
    async def watch_import(
        request: Request, import_id: UUID, caller: ImportReader, reader: Reader
    ) -> StreamingResponse:
        """The import's state as server-sent events until it is done or refused."""
        await _job(reader, caller, import_id)
        database: Database = request.app.state.database
        return StreamingResponse(
            _watch(database, caller, import_id), media_type="text/event-stream"
        )

    return router


def _add_upload(router: APIRouter, kind: ImportKind) -> None:
    importer = Annotated[Principal, may(kind.permission)]

    @router.post(
        f"/{kind.name}",
        status_code=202,
        summary=kind.summary,
        description=f"{kind.description}\n\n{OF_EVERY_KIND}",
        responses=QUEUED,
        name=f"import_{kind.name.replace('-', '_')}",
        max_body_size=FILE_BYTES + FORM_BYTES,
    )
    async def upload(
        request: Request,
        response: Response,
        file: UploadFile,
        caller: importer,
        session: Session,
    ) -> ImportJob:
        content = await file.read()
        if len(content) > FILE_BYTES:
            raise TooLarge("file-too-large", f"A file may have {FILE_BYTES} bytes at most.")
        job = await _queue(session, kind, caller, content)
        response.headers["Location"] = f"/v1/imports/{job.id}"
        request.app.state.imports_waiting.set()
        return job


async def _queue(
    session: AsyncSession, kind: ImportKind, caller: Principal, content: bytes
) -> ImportJob:
    row = ImportJobRow(
        kind=kind.name,
        caller=caller.model_dump(mode="json"),
        account_id=caller.account_id,
        partner_id=caller.partner_id,
        file=content,
    )
    session.add(row)
    await session.flush()
    return ImportJob(
        id=row.id, kind=row.kind, state=ImportState.QUEUED, progress=0, created_at=row.created_at
    )


async def _job(reader: Any, caller: Principal, import_id: UUID) -> ImportJob:
    job, shown = ImportJobRow, ImportProgressRow
    own = or_(
        col(job.account_id) == caller.account_id,
        col(job.partner_id) == caller.partner_id if caller.partner_id else text("false"),
    )
    columns = (
        job.id, job.kind, job.state, job.counts, job.problems, job.problem_count,
        job.created_at, job.finished_at, shown.progress,
    )  # fmt: skip
    found = select(*columns).join(  # type: ignore[call-overload]
        shown, col(shown.id) == col(job.id), isouter=True
    ).where(job.id == import_id)  # fmt: skip
    if caller.role is not Role.OPERATOR:
        found = found.where(own)
    row = (await reader.execute(found)).mappings().one_or_none()
    if row is None:
        raise unknown("import")
    state = ImportState(row["state"])
    progress = row["progress"] or 0.0
    if state is ImportState.QUEUED and row["progress"] is not None:
        state = ImportState.RUNNING
    return ImportJob.model_validate(
        {**row, "state": state, "progress": 1.0 if row["finished_at"] else progress}
    )


async def _watch(database: Database, caller: Principal, import_id: UUID) -> AsyncIterator[bytes]:
    last: ImportJob | None = None
    while last is None or last.finished_at is None:
        async with database.reading() as reader:
            job = await _job(reader, caller, import_id)
        if job != last:
            yield b"event: progress\ndata: " + job.model_dump_json().encode() + b"\n\n"
            last = job
        else:
            yield b": waiting\n\n"
        await asyncio.sleep(WATCH_SECONDS)


__all__ = [
    "IMPORT_ID", "PROBLEMS_KEPT", "ImportJobRow", "ImportKind", "ImportProgressRow", "ImportRefused",
    "Progress", "carry_out_next", "import_for_ever", "import_router",
]  # fmt: skip
