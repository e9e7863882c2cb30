"""Notes over HTTP, under their child."""

from uuid import UUID

from fastapi import Response

from services.students.support.notes import actions, queries
from shared.contracts.students.note import Note, NoteDraft
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.callers import NotesWriter, StudentsReader

router = noun("notes", prefix="/v1/students/{student_id}/notes")


@router.get("", responses=refusals(404))
async def list_notes(
    student_id: UUID, caller: StudentsReader, session: Session, paging: Paging
) -> Page[Note]:
    """The notes about a child that the caller may read by their audience, newest first."""
    return await actions.disclose_notes(session, caller, paging, student_id)


@router.post("", status_code=201, responses=refusals(404, 409))
async def write_note(
    student_id: UUID, draft: NoteDraft, caller: NotesWriter, session: Session, response: Response
) -> Note:
    """Write a note about a child whom the caller supports. Announces `students.note.written.v1`,
    which does not carry the text."""
    row = await actions.write(session, caller, student_id, draft)
    return tagged(response, await queries.own_note(session, caller, row.id))


@router.get("/{note_id}", responses=refusals(404))
async def read_note(
    student_id: UUID, note_id: UUID, caller: StudentsReader, session: Session, response: Response
) -> Note:
    """One note. An absent note and one outside whose audience the caller is are answered alike."""
    return tagged(response, await actions.disclose_note(session, caller, student_id, note_id))


@router.put("/{note_id}", responses=refusals(404, 409, 412, 428))
async def change_note(
    student_id: UUID, note_id: UUID, draft: NoteDraft, expected: IfMatch, caller: NotesWriter,
    session: Session, response: Response,
) -> Note:  # fmt: skip
    """Change a note: for its author alone. Announces `students.note.written.v1`."""
    row = await actions.change(session, caller, student_id, note_id, expected, draft)
    return tagged(response, await queries.own_note(session, caller, row.id))


@router.delete("/{note_id}", status_code=204, responses=refusals(404, 409, 412, 428))
async def withdraw_note(
    student_id: UUID,
    note_id: UUID,
    expected: IfMatch,
    caller: NotesWriter,
    session: Session,
    now: Now,
) -> None:
    """Withdraw a note: for its author alone. Its text is removed. Announces
    `students.note.withdrawn.v1`."""
    await actions.withdraw(session, caller, student_id, note_id, expected, now)
