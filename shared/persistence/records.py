"""The columns that every table of an aggregate has."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562), which sorts by its time of making."""
    return uuid7()


def utc_now() -> datetime:
    return datetime.now(UTC)


class Record(SQLModel):
    """A row of an aggregate. `version` counts its announced changes and is its ETag; only
    `announce` raises it."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = 0
    created_at: datetime = Field(default_factory=utc_now, sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(
        default_factory=utc_now,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"onupdate": utc_now},
    )
