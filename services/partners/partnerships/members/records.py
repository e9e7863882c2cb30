"""The table of members."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from shared.persistence.records import new_id


class PartnershipMemberRow(SQLModel, table=True):
    """One membership of a partner in a partnership, from joining to leaving; a partner may join
    again."""

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


partnership_member: Any = PartnershipMemberRow
