"""Import jobs: the same for every kind of file and every service."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from shared.contracts.base import Answer

UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str | None) -> str | None:
    """With a mark in the place of what no text may hold: names of files and columns are anybody's,
    and a job whose problems cannot be written down would never end."""
    return UNSTORABLE.sub("\ufffd", text) if isinstance(text, str) else text


Words = Annotated[str, BeforeValidator(storable)]


class ImportState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


class FileProblem(Answer):
    """One thing wrong with the file: where, which rule, and why in words (without the value:
    it may be a child's)."""

    file: Words
    line: int | None = None
    field: Words | None = None
    code: str
    reason: Words


class ImportJob(Answer):
    """`refused` means that nothing at all was changed; `problems` then says why."""

    id: UUID
    kind: str
    state: ImportState
    progress: float = Field(ge=0, le=1, description="0 to 1")
    counts: dict[str, int] = {}
    problems: list[FileProblem] = []
    problem_count: int = Field(default=0, description="All problems; the list may be shorter.")
    created_at: datetime
    finished_at: datetime | None = None
