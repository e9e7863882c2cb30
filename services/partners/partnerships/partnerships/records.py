"""The table of partnerships."""

from datetime import date
from typing import Any

from sqlalchemy import String
from sqlmodel import Field

from shared.contracts.partners.partnership import PartnershipStatus
from shared.persistence.records import Record


class PartnershipRow(Record, table=True):
    """The aggregate of its members: joining and leaving are announced as events of the
    partnership."""

    __tablename__ = "partnership"

    name: str = Field(index=True)
    purpose: str
    place: str | None = None
    status: str = Field(default=PartnershipStatus.ACTIVE, sa_type=String)
    started_on: date | None = None
    ended_on: date | None = None


partnership: Any = PartnershipRow
