"""The table of rosters: one per source, counting the imports that changed it."""

from typing import Any
from uuid import UUID

from sqlmodel import Field

from shared.persistence.records import Record


class RosterRow(Record, table=True):
    """Locked by whoever imports for this source, so that two imports never mix."""

    __tablename__ = "roster"

    source: UUID = Field(unique=True)


roster: Any = RosterRow
