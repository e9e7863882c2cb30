"""The table of the dosage of each engagement that has begun."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Field

from shared.persistence.records import Record


class DosageRow(Record, table=True):
    __tablename__ = "dosage"

    engagement_id: UUID = Field(unique=True, foreign_key="engagement.id")
    planned_minutes: int
    delivered_minutes: int
    sessions_planned: int
    sessions_attended: int
    as_of: date


dosage: Any = DosageRow
