"""The heads of the disclosure log that its witness received."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer


class HeardHead(Answer):
    """The last row of the disclosure log at that moment. `hash` is the SHA-256 over all rows up to
    it, in hexadecimal."""

    head_id: UUID
    day: date
    seq: int
    hash: str
    at: datetime
    heard_at: datetime = Field(description="When the witness received it.")
