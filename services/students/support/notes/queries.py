"""The notes about one child that the caller may read by their audience."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.students.access.policy.rules import Decision
from services.students.participation.programs.records import offering_partner
from services.students.support.notes import rules
from services.students.support.notes.records import NoteRow, note
from shared.contracts.students.access import Category
from shared.contracts.students.note import Audience, Note
from shared.http.paging import Page, PageRequest, page
from shared.persistence.database import Reading
from shared.persistence.queries import columns, many, one, row_for_change
from shared.security.principal import Principal


def reading(caller: Principal, decision: Decision) -> rules.Reader:
    only = decision.only(Category.NOTES)
    return rules.Reader(caller.account_id, caller.partner_id, decision.relation, only)


def readable(reader: rules.Reader) -> ColumnElement[bool]:
    """The condition of the notes that the reader may read; equal to `rules.readable`."""
    own = and_(note.author_account == reader.account_id, note.partner_id == reader.partner_id)
    told: list[ColumnElement[bool]] = [false()]
    if reader.relation in rules.WRITERS:
        told.append(note.partner_id == reader.partner_id)
    if reader.relation in rules.READ_THE_RECORD:
        told.append(and_(note.audience == Audience.ORGANIZATION, note.of_record))
    if reader.only is None:
        told.append(note.audience == Audience.TEAM)
    return or_(own, and_(note.audience != Audience.AUTHOR, or_(*told)))


def _told(student_id: UUID, reader: rules.Reader | None) -> Any:
    shown = true() if reader is None else readable(reader)
    return _notes().where(note.student_id == student_id, note.withdrawn_at.is_(None), shown)


def _notes() -> Select[Any]:
    return select(*columns(Note, NoteRow), offering_partner.name.label("partner_name")).outerjoin(
        offering_partner, offering_partner.partner_id == note.partner_id
    )


async def notes(
    reader: Reading, paging: PageRequest, student_id: UUID, who: rules.Reader
) -> Page[Note]:
    """The readable notes, newest first. The action has decided that notes about the child are
    released."""
    found = _told(student_id, who)
    return await page(reader, found, Note, paging, by=[note.id], descending=True)


async def every_note(reader: Reading, student_id: UUID, who: rules.Reader) -> list[Note]:
    return await many(reader, _told(student_id, who).order_by(note.id), Note)


async def one_note(reader: Reading, student_id: UUID, note_id: UUID, who: rules.Reader) -> Note:
    return await one(reader, _told(student_id, who).where(note.id == note_id), Note, "note")


async def own_note(reader: Reading, caller: Principal, note_id: UUID) -> Note:
    """A note, for its author alone."""
    own = (note.author_account == caller.account_id, note.partner_id == caller.partner_id)
    return await one(reader, _notes().where(note.id == note_id, *own), Note, "note")


async def own_row(
    session: AsyncSession, caller: Principal, student_id: UUID, note_id: UUID
) -> NoteRow:
    """The note for change, by its author alone."""
    return await row_for_change(
        session, NoteRow, note_id, "note", note.student_id == student_id,
        note.withdrawn_at.is_(None),
        note.author_account == caller.account_id, note.partner_id == caller.partner_id,
    )  # fmt: skip
