"""What the witness of the disclosure log heard."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer


class HeardHead(Answer):
    """The log's last row at that moment. `hash`: SHA-256, in hexadecimal, over all rows to it."""

    head_id: UUID
    day: date
    seq: int
    hash: str
    at: datetime
    heard_at: datetime = Field(description="When the witness heard it.")
