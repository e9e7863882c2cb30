"""Notes about a child, each with an audience of its own."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event

TEXT_CHARACTERS = 8_000


class Audience(StrEnum):
    """The people who may read a note, beside its author."""

    AUTHOR = "author"
    """Nobody: a memory aid in the sole possession of its maker is no education record (34 CFR
    99.3). Not even the family and the district read it: disclosed to anybody, it would become
    one."""
    ORGANIZATION = "organization"
    """The people of the author's own organization who support the child. A note by the school or
    the district is part of the child's record, and the family reads it too (34 CFR 99.10)."""
    TEAM = "team"
    """Everybody to whom notes about the child are released."""


class NoteDraft(Body):
    audience: Audience
    text: str = Field(min_length=1, max_length=TEXT_CHARACTERS)


class Note(Answer):
    id: UUID
    version: int
    student_id: UUID
    audience: Audience
    text: str
    partner_id: UUID = Field(description="The organization for which the author wrote.")
    partner_name: str | None
    author_account: UUID
    author_role: str
    created_at: datetime
    updated_at: datetime


class NoteWritten(Event):
    """A note was written or changed. No event carries its text."""

    type: ClassVar[str] = "students.note.written.v1"

    note_id: UUID
    student_id: UUID
    audience: Audience


class NoteWithdrawn(Event):
    """The author withdrew a note, and its text was removed."""

    type: ClassVar[str] = "students.note.withdrawn.v1"

    note_id: UUID
    student_id: UUID
