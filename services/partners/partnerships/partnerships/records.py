"""The tables of partnerships and their members."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from shared.contracts.partners.partnership import PartnershipStatus
from shared.persistence.records import Record, new_id


class PartnershipRow(Record, table=True):
    """The aggregate of its members: their coming and going is announced as its own."""

    __tablename__ = "partnership"

    name: str = Field(index=True)
    purpose: str
    place: str | None = None
    status: str = Field(default=PartnershipStatus.ACTIVE, sa_type=String)
    started_on: date | None = None
    ended_on: date | None = None


class PartnershipMemberRow(SQLModel, table=True):
    """One stay of a partner in a partnership; it may come again."""

    __tablename__ = "partnership_member"
    __table_args__: ClassVar = (
        Index(
            "partnership_member_now", "partnership_id", "partner_id", unique=True,
            postgresql_where=text("left_on is null"),
        ),
    )  # fmt: skip

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id")
    partner_id: UUID = Field(index=True, foreign_key="partner.id")
    roles: list[str] = Field(sa_type=ARRAY(String))
    joined_on: date
    left_on: date | None = None
