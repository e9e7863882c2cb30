"""Import jobs: one shape for every kind of file and every service."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from shared.contracts.base import Answer

UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str | None) -> str | None:
    """The text with a mark in the place of each character that cannot be stored. The names of
    files and columns may hold any, and a job whose problems cannot be written would never end."""
    return UNSTORABLE.sub("\ufffd", text) if isinstance(text, str) else text


Words = Annotated[str, BeforeValidator(storable)]


class ImportState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    NEEDS_CONFIRMATION = "needs_confirmation"
    """It would end more than may end unasked, or be the first to fill in days of a school. Nothing
    was changed."""
    DONE = "done"
    REFUSED = "refused"


class FileProblem(Answer):
    """One fault or remark of a file: its place, the rule's code, and the reason in words. The value
    is left out, since it may be a child's."""

    file: Words
    line: int | None = None
    field: Words | None = None
    code: str
    reason: Words


class PartEffect(Answer):
    """The effect in one part of the whole: a school, a partner, a framework. Records end there, or
    days of a school are filled in."""

    id: UUID
    name: Words
    known: int = Field(description="In force before the import.")
    ended: int
    filled: int = Field(
        default=0, description="Days of children that no line names, and that count as attended."
    )
    of_children: int = Field(default=0, description="How many children's days are filled in.")
    to_confirm: bool = Field(
        default=False,
        description="More than may end without a confirmation, or the first days of the school's"
        " year to be filled in.",
    )


class ImportEffect(Answer):
    """The effect on one kind of record. `parts`: by school, partner or framework, those in which
    something ends or is filled in."""

    noun: str
    added: int = 0
    changed: int = 0
    ended: int = 0
    filled: int = Field(
        default=0, description="Of those added, the ones that no line of the file names."
    )
    known: int = Field(default=0, description="In force before the import.")
    to_confirm: bool = Field(
        default=False,
        description="More ends than may without a confirmation, in all or in a part; or a part says"
        " that it needs one.",
    )
    parts: list[PartEffect] = []


class ImportJob(Answer):
    """An import and its state. `refused` means that nothing at all was changed; `problems` then
    says why. `remarks` says which deviations of the file were accepted, `effects` what the import
    added, changed and ended. Of a `preview`, and of an import that needs a confirmation, these are
    what it would add, change and end."""

    id: UUID
    kind: str
    state: ImportState
    progress: float = Field(ge=0, le=1, description="0 to 1")
    counts: dict[str, int] = {}
    problems: list[FileProblem] = []
    problem_count: int = Field(default=0, description="All problems; the list may be shorter.")
    remarks: list[FileProblem] = []
    remark_count: int = Field(default=0, description="All remarks; the list may be shorter.")
    preview: bool = Field(default=False, description="Nothing is changed, whatever the state.")
    effects: list[ImportEffect] = []
    created_at: datetime
    finished_at: datetime | None = None
    expires_at: datetime | None = Field(
        default=None, description="Until when an import that needs a confirmation may get it."
    )
    mapping_id: UUID | None = Field(
        default=None, description="The mapping by which the file is read, if any."
    )
    mapping_version: int | None = None
