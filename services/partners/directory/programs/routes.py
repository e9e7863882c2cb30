"""Programs over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.partners.directory.programs import actions, queries
from shared.contracts.grade import Grade
from shared.contracts.partners.program import (
    Program,
    ProgramChange,
    ProgramDraft,
    ProgramStatus,
)
from shared.core.clock import Today
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfIds, OfPartner, OfStatus
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import DirectoryReader, ProgramsWriter

router = noun("programs")
ForAge = Annotated[
    int | None, Query(ge=0, le=150, description="Only those for a child of this age, in years.")
]
ForGrade = Annotated[Grade | None, Query(description="Only those for this grade.")]


@router.get("", response_model=Page[Program])
async def list_programs(
    _: DirectoryReader,
    reader: Reader,
    paging: Paging,
    ids: OfIds,
    partner_id: OfPartner = None,
    status: OfStatus[ProgramStatus] = None,
    age: ForAge = None,
    grade: ForGrade = None,
) -> Response:
    """Programs by name: all, one partner's, those of a status, or those for an age or a grade."""
    return await queries.programs(reader, ids, partner_id, status, age, grade, paging)


@router.post("", status_code=201, responses=refusals(404, 409))
async def open_program(
    draft: ProgramDraft, caller: ProgramsWriter, session: Session, response: Response
) -> Program:
    """Open a program of a partner. Announces `partners.program.opened.v1`."""
    row = await actions.open_program(session, caller, draft)
    return tagged(response, await queries.one_program(session, row.id))


@router.get("/{program_id}", responses=refusals(404))
async def read_program(
    program_id: UUID, _: DirectoryReader, reader: Reader, response: Response
) -> Program:
    """One program."""
    return tagged(response, await queries.one_program(reader, program_id))


@router.patch("/{program_id}", responses=refusals(404, 409, 412, 428))
async def change_program(
    program_id: UUID,
    wanted: ProgramChange,
    expected: IfMatch,
    caller: ProgramsWriter,
    session: Session,
    response: Response,
) -> Program:
    """Change a program. Announces `partners.program.changed.v1`."""
    row = await actions.change(session, caller, program_id, expected, wanted)
    return tagged(response, await queries.one_program(session, row.id))


@router.post("/{program_id}/closure", status_code=201, responses=refusals(404, 409, 412, 428))
async def close_program(
    program_id: UUID,
    expected: IfMatch,
    caller: ProgramsWriter,
    session: Session,
    today: Today,
    response: Response,
) -> Program:
    """Close a program for good. Announces `partners.program.closed.v1`."""
    row = await actions.close(session, caller, program_id, expected, today)
    return tagged(response, await queries.one_program(session, row.id))
