"""The local copy of partners' streams."""

from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel


class ListenerRow(SQLModel, table=True):
    """A partner's stream. `stream_id` is the account of its disclosures in the log."""

    __tablename__ = "listener"

    partner_id: UUID = Field(primary_key=True)
    stream_id: UUID
    listening: bool = True


listener: Any = ListenerRow
