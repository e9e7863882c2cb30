"""The table of published heads."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field

from shared.persistence.records import Record


class DisclosureHeadRow(Record, table=True):
    """A head of the log. It is announced once and never changes. `published_by` is null for the daily
    head."""

    __tablename__ = "disclosure_head"

    day: date = Field(index=True)
    seq: int = Field(sa_type=BigInteger)
    hash: bytes = Field(sa_type=LargeBinary)
    published_by: UUID | None = None


disclosure_head: Any = DisclosureHeadRow
