"""Import jobs: the same for every kind of file and every service."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer


class ImportState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


class FileProblem(Answer):
    """One thing wrong with the file: where, which rule, and why in words (without the value:
    it may be a child's)."""

    file: str
    line: int | None = None
    field: str | None = None
    code: str
    reason: str


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
