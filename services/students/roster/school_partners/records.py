"""The table of schools that are partners too."""

from typing import Any
from uuid import UUID

from sqlmodel import Field

from shared.persistence.records import Record


class SchoolPartnerRow(Record, table=True):
    """The partner that a school is; its id is the school's. Null, once the district took it back."""

    __tablename__ = "school_partner"

    id: UUID = Field(primary_key=True, foreign_key="org.id")
    partner_id: UUID | None = Field(default=None, unique=True)


school_partner: Any = SchoolPartnerRow
