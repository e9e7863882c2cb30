"""The tables of mappings: the mapping, and each version of what it says."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.contracts.partners.hsds_mapping import HsdsMappingStatus
from shared.persistence.records import Record, utc_now


class HsdsMappingRow(Record, table=True):
    """`tables`: as in the latest version. A name is free again once its mapping is retired."""

    __tablename__ = "hsds_mapping"
    __table_args__: ClassVar = (
        Index(
            "hsds_mapping_name", "partner_id", "name", unique=True,
            postgresql_where=text("status = 'active'"), postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    partner_id: UUID | None = Field(default=None, index=True, foreign_key="partner.id")
    name: str
    description: str | None = None
    status: str = Field(default=HsdsMappingStatus.ACTIVE, sa_type=String)
    tables: list[dict[str, Any]] = Field(sa_type=JSONB)


hsds_mapping: Any = HsdsMappingRow


class HsdsMappingVersionRow(SQLModel, table=True):
    """Never changed or deleted, since a job names the version that it was read by."""

    __tablename__ = "hsds_mapping_version"

    mapping_id: UUID = Field(primary_key=True, foreign_key="hsds_mapping.id")
    version: int = Field(primary_key=True)
    tables: list[dict[str, Any]] = Field(sa_type=JSONB)
    created_at: datetime = Field(default_factory=utc_now, sa_type=DateTime(timezone=True))


hsds_mapping_version: Any = HsdsMappingVersionRow
