"""The local copy of partners' programs and of their partners' names.

Only reactions write it, and it is never announced: the service partners owns programs.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel


class OfferedProgramRow(SQLModel, table=True):
    """A program as the service partners last announced it. Each change of its places locks this
    row."""

    __tablename__ = "offered_program"

    program_id: UUID = Field(primary_key=True)
    partner_id: UUID = Field(index=True)
    name: str
    status: str
    capacity: int | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    grades: list[str] = Field(default=[], sa_type=ARRAY(String))
    starts_on: date | None = None
    ends_on: date | None = None


offered_program: Any = OfferedProgramRow


class OfferingPartnerRow(SQLModel, table=True):
    __tablename__ = "offering_partner"

    partner_id: UUID = Field(primary_key=True)
    name: str
    kind: str
    status: str
    parent_id: UUID | None = None
    """The district of a school."""


offering_partner: Any = OfferingPartnerRow
