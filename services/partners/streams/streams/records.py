"""The tables of streams and of the keys that may connect. No private key is stored: an account's
own keys are derived from the setting PARTNER_ACCOUNTS_KEY."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from shared.contracts.partners.stream import StreamStatus
from shared.persistence.records import Record, new_id, utc_now


class StreamRow(Record, table=True):
    """A new `generation` has another account, a new `position` another starting point."""

    __tablename__ = "stream"

    partner_id: UUID = Field(unique=True, foreign_key="partner.id")
    status: str = Field(default=StreamStatus.OPEN, sa_type=String)
    generation: int = 1
    suspended_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    position: int = 1
    start_seq: int | None = Field(default=None, sa_type=BigInteger)
    start_incarnation: str | None = None


stream: Any = StreamRow


class StreamKeyRow(SQLModel, table=True):
    """`issued_at`: when the key's newest token was issued."""

    __tablename__ = "stream_key"
    __table_args__: ClassVar = (UniqueConstraint("stream_id", "generation", "user_public_key"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    stream_id: UUID = Field(foreign_key="stream.id")
    generation: int
    user_public_key: str
    added_at: datetime = Field(default_factory=utc_now, sa_type=DateTime(timezone=True))
    issued_at: datetime = Field(sa_type=DateTime(timezone=True))
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


stream_key: Any = StreamKeyRow
