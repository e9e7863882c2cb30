"""The table of editions."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import DateTime, UniqueConstraint
from sqlmodel import Field

from shared.persistence.records import Record


class EditionRow(Record, table=True):
    """`report` and `headlines` are the JSON as released, to the letter."""

    __tablename__ = "edition"
    __table_args__: ClassVar = (UniqueConstraint("scorecard_id", "number"),)

    scorecard_id: UUID = Field(foreign_key="scorecard.id")
    partnership_id: UUID
    partnership_name: str | None
    number: int
    title: str
    published_at: datetime = Field(sa_type=DateTime(timezone=True), index=True)
    account_id: UUID
    report: str
    headlines: str
