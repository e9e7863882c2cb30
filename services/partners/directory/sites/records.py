"""The table of sites."""

from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from shared.contracts.partners.parts import LocationType
from shared.contracts.partners.site import SiteStatus
from shared.persistence.records import Record


class SiteRow(Record, table=True):
    __tablename__ = "site"

    partner_id: UUID | None = Field(default=None, index=True, foreign_key="partner.id")
    name: str
    location_type: str = Field(default=LocationType.PHYSICAL, sa_type=String)
    status: str = Field(default=SiteStatus.OPEN, sa_type=String)
    alternate_name: str | None = None
    description: str | None = None
    transportation: str | None = None
    url: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    addresses: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    phones: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    contacts: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    languages: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    accessibility: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    schedules: list[dict[str, Any]] = Field(default=[], sa_type=JSONB)
    source: dict[str, Any] = Field(default={}, sa_type=JSONB)


site: Any = SiteRow
