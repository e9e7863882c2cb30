"""Notes over HTTP, under their child."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.students.support.notes import actions
from shared.contracts.students.note import Note, NoteDraft
from shared.core.clock import Now
from shared.core.refusals import refusals
from shared.http.etags import IfMatch, tagged
from shared.http.paging import Page, Paging
from shared.http.route import noun
from shared.persistence.database import Session
from shared.security.permissions import Permission, may
from shared.security.principal import Principal

router = noun("notes", prefix="/v1/students/{student_id}/notes")
Viewer = Annotated[Principal, may(Permission.STUDENTS_READ)]
Writer = Annotated[Principal, may(Permission.NOTES_WRITE)]


@router.get("", responses=refusals(404))
async def list_notes(
    student_id: UUID, caller: Viewer, session: Session, paging: Paging
) -> Page[Note]:
    """The notes about a child whose audience the caller is in, the newest first."""
    return await actions.tell_notes(session, caller, paging, student_id)


@router.post("", status_code=201, responses=refusals(404, 409))
async def write_note(
    student_id: UUID, draft: NoteDraft, caller: Writer, session: Session, response: Response
) -> Note:
    """Write a note about a child whom the caller supports. Announces `students.note.written.v1`,
    without the text."""
    row = await actions.write(session, caller, student_id, draft)
    return tagged(response, Note.model_validate(row))


@router.get("/{note_id}", responses=refusals(404))
async def read_note(
    student_id: UUID, note_id: UUID, caller: Viewer, session: Session, response: Response
) -> Note:
    """One note. Answers alike for none and for one whose audience the caller is not in."""
    return tagged(response, await actions.tell_note(session, caller, student_id, note_id))


@router.put("/{note_id}", responses=refusals(404, 409, 412, 428))
async def change_note(
    student_id: UUID, note_id: UUID, draft: NoteDraft, expected: IfMatch, caller: Writer,
    session: Session, response: Response,
) -> Note:  # fmt: skip
    """Change a note, by its author alone. Announces `students.note.written.v1`."""
    row = await actions.change(session, caller, student_id, note_id, expected, draft)
    return tagged(response, Note.model_validate(row))


@router.delete("/{note_id}", status_code=204, responses=refusals(404, 409, 412, 428))
async def withdraw_note(
    student_id: UUID, note_id: UUID, expected: IfMatch, caller: Writer, session: Session, now: Now
) -> None:
    """Take a note back, by its author alone; its text is removed. Announces
    `students.note.withdrawn.v1`."""
    await actions.withdraw(session, caller, student_id, note_id, expected, now)
