"""Writing, disclosing and withdrawing notes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.disclosures import actions as disclosures
from services.students.access.policy import queries as access
from services.students.support.notes import queries, rules
from services.students.support.notes.records import NoteRow
from shared.contracts.students.access import Category
from shared.contracts.students.note import Audience, Note, NoteDraft, NoteWithdrawn, NoteWritten
from shared.events.outbox import announce
from shared.http.etags import ensure_version
from shared.http.paging import Page, PageRequest
from shared.security.principal import Principal


async def disclose_notes(
    session: AsyncSession, caller: Principal, paging: PageRequest, student_id: UUID
) -> Page[Note]:
    """The notes that the caller may read, after writing down the release."""
    who = await _released(session, caller, student_id)
    return await queries.notes(session, paging, student_id, who)


async def disclose_note(
    session: AsyncSession, caller: Principal, student_id: UUID, note_id: UUID
) -> Note:
    who = await _released(session, caller, student_id)
    return await queries.one_note(session, student_id, note_id, who)


async def write(
    session: AsyncSession, caller: Principal, student_id: UUID, draft: NoteDraft
) -> NoteRow:
    decision = await access.decision(session, caller, student_id, Category.NOTES)

    partner_id = rules.ensure_may_write(decision.relation, caller)

    row = NoteRow(
        student_id=student_id, partner_id=partner_id, author_account=caller.account_id,
        author_role=caller.role, of_record=decision.relation in rules.OF_RECORD,
        **draft.model_dump(),
    )  # fmt: skip

    announce(session, row, _written(row))
    return row


async def change(
    session: AsyncSession,
    caller: Principal,
    student_id: UUID,
    note_id: UUID,
    expected: int,
    draft: NoteDraft,
) -> NoteRow:
    row = await queries.own_row(session, caller, student_id, note_id)
    ensure_version(row, expected)
    # An author who no longer supports the child may not write about it.
    decision = await access.decision(session, caller, student_id, Category.NOTES)

    rules.ensure_may_write(decision.relation, caller)

    row.audience, row.text = draft.audience, draft.text

    announce(session, row, _written(row))
    return row


async def withdraw(
    session: AsyncSession,
    caller: Principal,
    student_id: UUID,
    note_id: UUID,
    expected: int,
    now: datetime,
) -> None:
    row = await queries.own_row(session, caller, student_id, note_id)
    ensure_version(row, expected)

    row.text, row.withdrawn_at = None, now

    announce(session, row, NoteWithdrawn(note_id=row.id, student_id=row.student_id))


async def _released(session: AsyncSession, caller: Principal, student_id: UUID) -> rules.Reader:
    decision = await access.decision(session, caller, student_id, Category.NOTES)
    disclosures.release(session, caller, student_id, decision, [Category.NOTES])
    return queries.reading(caller, decision)


def _written(row: NoteRow) -> NoteWritten:
    return NoteWritten(note_id=row.id, student_id=row.student_id, audience=Audience(row.audience))
