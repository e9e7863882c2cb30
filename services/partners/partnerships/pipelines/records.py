"""The table of pipelines."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from shared.persistence.records import Record


class PipelineRow(Record, table=True):
    """`program_ids` in order; programs are never deleted."""

    __tablename__ = "pipeline"

    name: str
    description: str | None = None
    partnership_id: UUID | None = Field(default=None, index=True, foreign_key="partnership.id")
    partner_id: UUID | None = Field(default=None, index=True, foreign_key="partner.id")
    from_age: int | None = None
    to_age: int | None = None
    program_ids: list[UUID] = Field(default=[], sa_type=ARRAY(Uuid))


pipeline: Any = PipelineRow
