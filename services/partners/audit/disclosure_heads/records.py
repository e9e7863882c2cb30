"""The table of received heads: appended to, never changed (the database refuses it)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, func
from sqlmodel import Field, SQLModel


class HeardHeadRow(SQLModel, table=True):
    __tablename__ = "heard_disclosure_head"

    head_id: UUID = Field(primary_key=True)
    day: date
    seq: int = Field(sa_type=BigInteger)
    hash: str
    at: datetime = Field(sa_type=DateTime(timezone=True))
    heard_at: datetime | None = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": func.now()},
    )


heard_disclosure_head: Any = HeardHeadRow
