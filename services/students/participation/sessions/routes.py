"""Sessions of programs over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.students.participation.sessions import actions, queries
from shared.contracts.base import Day
from shared.contracts.students.session import (
    ProgramSession,
    SessionAttendance,
    SessionChange,
    SessionDraft,
    SessionRoll,
)
from shared.core.clock import Today
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.filters import OfProgram
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Reader, Session
from shared.security.callers import EngagementsReader, EngagementsWriter

router = noun("sessions")
First = Annotated[Day | None, Query(alias="from", description="The first day.")]
Last = Annotated[Day | None, Query(alias="to", description="The last day.")]


@router.get("")
async def list_sessions(
    caller: EngagementsReader,
    reader: Reader,
    paging: Paging,
    program_id: OfProgram = None,
    first: First = None,
    last: Last = None,
) -> Page[ProgramSession]:
    """Sessions of programs, by date."""
    return await queries.sessions(
        reader, caller, paging, program_id=program_id, first=first, last=last
    )


@router.post("", status_code=201, responses=refusals(404, 409))
async def plan_session(
    draft: SessionDraft,
    caller: EngagementsWriter,
    session: Session,
    today: Today,
    response: Response,
) -> ProgramSession:
    """Plan a session of the caller's own program. Announces `students.session.planned.v1`, and
    `students.dosage.counted.v1` for each engagement whose planned minutes it changes."""
    row = await actions.plan(session, caller, draft, today)
    return tagged(response, await queries.one_session(session, caller, row.id))


@router.get("/{session_id}", responses=refusals(404))
async def read_session(
    session_id: UUID, caller: EngagementsReader, reader: Reader, response: Response
) -> ProgramSession:
    """One session."""
    return tagged(response, await queries.one_session(reader, caller, session_id))


@router.put("/{session_id}", responses=refusals(404, 409, 412, 428))
async def change_session(
    session_id: UUID,
    change: SessionChange,
    expected: IfMatch,
    caller: EngagementsWriter,
    session: Session,
    today: Today,
    response: Response,
) -> ProgramSession:
    """Move, complete or cancel a session. Announces `students.session.changed.v1`, and
    `students.dosage.counted.v1` for each engagement whose dosage it changes."""
    row = await actions.change(session, caller, session_id, expected, change, today)
    return tagged(response, await queries.one_session(session, caller, row.id))


@router.get("/{session_id}/attendance", responses=refusals(404))
async def list_session_attendance(
    session_id: UUID, caller: EngagementsWriter, session: Session, paging: Paging
) -> Page[SessionAttendance]:
    """The students engaged on the day of the session, each with the attendance where it is known. A
    name that is withheld from the caller is null."""
    return await actions.disclose_roll(session, caller, paging, session_id)


@router.put("/{session_id}/attendance", status_code=204, responses=refusals(404, 409))
async def take_session_attendance(
    session_id: UUID, roll: SessionRoll, caller: EngagementsWriter, session: Session, today: Today
) -> None:
    """Call the roll of a session, which completes it. Of a student's marks the last one sent counts,
    and sending it again changes nothing; therefore there is no If-Match.

    Announces `students.session.attendance-taken.v1` and `students.dosage.counted.v1`.
    """
    await actions.take_roll(session, caller, session_id, roll.marks, today)
