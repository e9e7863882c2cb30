"""The table of editions."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, UniqueConstraint
from sqlmodel import Field

from shared.persistence.records import Record


class EditionRow(Record, table=True):
    """`report` and `headlines` are the JSON exactly as published. `withdrawn_at` and `reason` come
    together; `replaced_by` comes with them where a corrected edition takes its place."""

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
    withdrawn_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    reason: str | None = None
    replaced_by: UUID | None = Field(default=None, foreign_key="edition.id")
    replaces: UUID | None = Field(default=None, foreign_key="edition.id")


edition: Any = EditionRow
