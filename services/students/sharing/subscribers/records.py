"""The local copy of partners' streams: who listens."""

from uuid import UUID

from sqlmodel import Field, SQLModel


class ListenerRow(SQLModel, table=True):
    """`stream_id` stands in the disclosure log as the account that got what was told."""

    __tablename__ = "listener"

    partner_id: UUID = Field(primary_key=True)
    stream_id: UUID
    listening: bool = True
