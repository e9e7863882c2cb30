"""Mappings of columns: how a partner's own tables are read as a directory (HSDS)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Answer, Body, Event
from shared.contracts.import_mapping import TABLES, TableSource
from shared.contracts.partners.parts import Name

Tables = Annotated[list[TableSource], Field(min_length=1, max_length=TABLES)]


class HsdsMappingStatus(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"


class HsdsMappingChange(Body):
    """All of the mapping as it shall be: `tables` replaces those of the version before."""

    name: Name = Field(examples=["Our program list"])
    description: str | None = None
    tables: Tables


class HsdsMappingDraft(HsdsMappingChange):
    """`partner_id` left out: the caller's own partner. A mapping of the operator's may be of no
    partner."""

    partner_id: UUID | None = None


class HsdsMapping(Answer):
    """A mapping in its latest version. A retired one reads no further file."""

    id: UUID
    version: int
    partner_id: UUID | None
    partner_name: str | None
    name: str
    description: str | None
    status: HsdsMappingStatus
    tables: list[TableSource]
    created_at: datetime
    updated_at: datetime


class HsdsMappingVersion(Answer):
    """The tables of one version, by which imports may have been read."""

    mapping_id: UUID
    mapping_name: str
    version: int
    tables: list[TableSource]
    created_at: datetime


class HsdsMappingWritten(Event):
    """A mapping of columns was made, or has another version."""

    type: ClassVar[str] = "partners.hsds-mapping.written.v1"

    mapping_id: UUID
    partner_id: UUID | None


class HsdsMappingRetired(Event):
    """A mapping of columns reads no further file."""

    type: ClassVar[str] = "partners.hsds-mapping.retired.v1"

    mapping_id: UUID
    partner_id: UUID | None
