"""Long imports over HTTP: the upload answers 202 at once, and a client follows the job's progress
while it runs (shared/imports/jobs.py)."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.imports import ImportJob, ImportState
from shared.core.refusals import BadRequest, Conflict, TooLarge, refusals
from shared.http.route import noun
from shared.imports import waiting
from shared.imports.answers import job_of
from shared.imports.jobs import (
    IMPORT_ID,
    ImportKind,
    Loaded,
    Progress,
    carry_out_next,
    import_for_ever,
)
from shared.imports.mapped import ImportMappingRow
from shared.imports.records import QUEUED_APART, ImportJobRow, ImportProgressRow
from shared.persistence.database import Database, Reader, Session
from shared.security.callers import ImportsReader, ensure_may, may
from shared.security.principal import Principal

FILE_BYTES = 64 * 1024 * 1024
FORM_BYTES = 64 * 1024
WATCH_SECONDS = 0.25
VERSIONS = 1_000_000

ById = Annotated[
    UUID | None, Query(description="The mapping by which tables with other headers are read.")
]
OfVersion = Annotated[
    int | None,
    Query(ge=1, le=VERSIONS, description="The mapping's version; the latest where left out."),
]

OF_EVERY_KIND = f"""\
Answers 202 at once with the job, and with its address in `Location`. The job shows its state and, once
it has ended, its counts, or each fault with file, line, field and code. Its `remarks` name whatever was
accepted although it deviates. An import that would end more than may end unasked, or be the first to fill
in days of a school, changes nothing: its state is `needs_confirmation`, and `effects` says how much it
would end or fill in, and where. The platform takes in all of a file or nothing of it; rows that it has
already change nothing. A file may have at most {FILE_BYTES // 1024**2} MiB."""
NOT_WAITING = "The import waits for no confirmation."
UNDER_WAY = (ImportState.QUEUED, ImportState.RUNNING)
OfPreview = Annotated[
    bool,
    Query(
        description="Answer what the import would add, change, end and fill in, and change nothing. The job"
        " ends in the same states; `effects` and `counts` are what the import would do."
    ),
]
QUEUED: dict[int | str, dict[str, Any]] = {202: {"description": "The job is queued"}}


def import_router(kinds: Sequence[ImportKind]) -> APIRouter:
    """The routes of imports: one upload for each kind, the job, its progress, and its
    confirmation."""
    router = noun("imports")
    is_mapped = any(kind.mapping is not None for kind in kinds)
    for kind in kinds:
        _add_upload(router, kind)
    _add_confirmation(router, {kind.name: kind for kind in kinds}, is_mapped=is_mapped)

    @router.get("/{import_id}", responses=refusals(404))
    async def read_import(import_id: UUID, caller: ImportsReader, reader: Reader) -> ImportJob:
        """The state of an import. An import that belongs to another partner is answered like one
        that does not exist."""
        return await job_of(reader, caller, import_id, is_mapped=is_mapped)

    @router.get(
        "/{import_id}/progress",
        response_class=StreamingResponse,
        responses={
            200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"},
            **refusals(404),
        },
    )
    async def watch_import(
        request: Request, import_id: UUID, caller: ImportsReader, reader: Reader
    ) -> StreamingResponse:
        """The state of an import as server-sent events, until it is done or refused, or needs a
        confirmation."""
        await job_of(reader, caller, import_id, is_mapped=is_mapped)
        database: Database = request.app.state.database
        return StreamingResponse(
            _watch(database, caller, import_id, is_mapped=is_mapped),
            media_type="text/event-stream",
        )

    return router


def _add_upload(router: APIRouter, kind: ImportKind) -> None:
    importer = Annotated[Principal, may(kind.permission)]

    @router.post(
        f"/{kind.name}",
        status_code=202,
        summary=kind.summary,
        description=f"{kind.description}\n\n{OF_EVERY_KIND}",
        responses=QUEUED if kind.mapping is None else {**QUEUED, **refusals(404, 409)},
        name=f"import_{kind.name.replace('-', '_')}",
        max_body_size=FILE_BYTES + FORM_BYTES,
    )
    async def upload(
        request: Request,
        response: Response,
        file: UploadFile,
        caller: importer,
        session: Session,
        mapping: Annotated[tuple[UUID, int] | None, _asked_mapping(kind)],
        preview: OfPreview = False,
    ) -> ImportJob:
        content = await file.read()
        if len(content) > FILE_BYTES:
            raise TooLarge("file-too-large", f"A file may have {FILE_BYTES} bytes at most.")
        job = await _queue(session, kind, caller, content, mapping, preview=preview)
        response.headers["Location"] = place_of(job)
        request.app.state.imports_waiting.set()
        return job


def _add_confirmation(
    router: APIRouter, kinds: Mapping[str, ImportKind], *, is_mapped: bool
) -> None:
    @router.post("/{import_id}/confirmation", status_code=202, responses=refusals(404, 409))
    async def confirm_import(
        request: Request,
        import_id: UUID,
        caller: ImportsReader,
        session: Session,
        response: Response,
    ) -> ImportJob:
        """Confirm an import that needs it, which is then carried out: by whoever may send such a
        file. It ends and fills in no more than `effects` said; where meanwhile it would, it needs
        another confirmation. Refused with `import-not-waiting` in any other state."""
        job = await job_of(session, caller, import_id, is_mapped=is_mapped)
        ensure_may(caller, kinds[job.kind].permission)
        if not await waiting.confirm(session, import_id, caller.account_id):
            raise Conflict("import-not-waiting", NOT_WAITING)
        request.app.state.imports_waiting.set()
        response.headers["Location"] = place_of(job)
        return await job_of(session, caller, import_id, is_mapped=is_mapped)

    @router.post("/{import_id}/rejection", status_code=201, responses=refusals(404, 409))
    async def reject_import(import_id: UUID, caller: ImportsReader, session: Session) -> ImportJob:
        """Reject an import that needs a confirmation: the platform deletes its file, and nothing is
        changed. By whoever may send such a file. Refused with `import-not-waiting` in any other
        state."""
        job = await job_of(session, caller, import_id, is_mapped=is_mapped)
        ensure_may(caller, kinds[job.kind].permission)
        if not await waiting.reject(session, import_id):
            raise Conflict("import-not-waiting", NOT_WAITING)
        return await job_of(session, caller, import_id, is_mapped=is_mapped)


def place_of(job: ImportJob) -> str:
    """Where the job is read."""
    return f"/v1/imports/{job.id}"


def _asked_mapping(kind: ImportKind) -> Any:
    """The mapping that the caller of an upload asks for, and its version. Only a kind that reads by
    mappings has these parameters."""
    find = kind.mapping
    importer = Annotated[Principal, may(kind.permission)]
    if find is None:
        return Depends(_no_mapping)

    async def asked(
        caller: importer,
        session: Session,
        mapping: ById = None,
        mapping_version: OfVersion = None,
    ) -> tuple[UUID, int] | None:
        if mapping is not None:
            return mapping, await find(session, caller, mapping, mapping_version)
        if mapping_version is not None:
            raise BadRequest("mapping-missing", "A version belongs to a mapping; name both.")
        return None

    return Depends(asked)


async def _no_mapping() -> None:
    return None


async def _queue(
    session: AsyncSession,
    kind: ImportKind,
    caller: Principal,
    content: bytes,
    mapping: tuple[UUID, int] | None,
    *,
    preview: bool,
) -> ImportJob:
    row = ImportJobRow(
        kind=kind.name,
        state=QUEUED_APART if preview or mapping else ImportState.QUEUED,
        preview=preview,
        caller=caller.model_dump(mode="json"),
        account_id=caller.account_id,
        partner_id=caller.partner_id,
        file=content,
    )
    session.add(row)
    mapping_id, version = mapping or (None, None)
    if mapping is not None:
        session.add(ImportMappingRow(import_id=row.id, mapping_id=mapping[0], version=mapping[1]))
    await session.flush()
    return ImportJob(
        id=row.id, kind=row.kind, state=ImportState.QUEUED, progress=0, created_at=row.created_at,
        preview=preview, mapping_id=mapping_id, mapping_version=version,
    )  # fmt: skip


async def _watch(
    database: Database, caller: Principal, import_id: UUID, *, is_mapped: bool
) -> AsyncIterator[bytes]:
    last: ImportJob | None = None
    while last is None or last.state in UNDER_WAY:
        async with database.reading() as reader:
            job = await job_of(reader, caller, import_id, is_mapped=is_mapped)
        if job != last:
            yield b"event: progress\ndata: " + job.model_dump_json().encode() + b"\n\n"
            last = job
        else:
            yield b": waiting\n\n"
        await asyncio.sleep(WATCH_SECONDS)


__all__ = [
    "IMPORT_ID", "ImportJobRow", "ImportKind", "ImportProgressRow", "Loaded", "Progress", "carry_out_next", "import_for_ever", "import_router",
]  # fmt: skip
