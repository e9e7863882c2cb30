"""The table of action networks."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from shared.contracts.partners.network import NetworkStatus
from shared.persistence.records import Record


class NetworkRow(Record, table=True):
    __tablename__ = "network"

    partnership_id: UUID = Field(index=True, foreign_key="partnership.id")
    name: str
    outcome: str = Field(sa_type=String)
    charter: str | None = None
    status: str = Field(default=NetworkStatus.ACTIVE, sa_type=String)
    facilitator_id: UUID | None = Field(default=None, foreign_key="partner.id")
    formed_on: date
    partner_ids: list[UUID] = Field(default=[], sa_type=ARRAY(Uuid))


network: Any = NetworkRow
