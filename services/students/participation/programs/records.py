"""The local copy of partners' programs and of their partners' names.

Kept by reactions alone and never announced: partners owns them.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel


class OfferedProgramRow(SQLModel, table=True):
    """A program as partners last announced it. Who changes its places locks this row."""

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


class OfferingPartnerRow(SQLModel, table=True):
    __tablename__ = "offering_partner"

    partner_id: UUID = Field(primary_key=True)
    name: str
    kind: str
    status: str
    parent_id: UUID | None = None
    """Of a school: its district."""
