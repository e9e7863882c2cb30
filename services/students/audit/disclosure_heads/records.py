"""The table of published heads."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field

from shared.persistence.records import Record


class DisclosureHeadRow(Record, table=True):
    """Announced once, never changed. `published_by`: null for the daily one."""

    __tablename__ = "disclosure_head"

    day: date = Field(index=True)
    seq: int = Field(sa_type=BigInteger)
    hash: bytes = Field(sa_type=LargeBinary)
    published_by: UUID | None = None
