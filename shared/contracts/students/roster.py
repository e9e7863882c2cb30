"""The event that the import of a roster announces."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event


class RosterKind(StrEnum):
    BULK = "bulk"
    DELTA = "delta"


class RosterImported(Event):
    """A roster package was imported and changed something. `source` is the district's partner id."""

    type: ClassVar[str] = "students.roster.imported.v1"
    import_id: UUID
    source: UUID
    kind: RosterKind
    counts: dict[str, int]
