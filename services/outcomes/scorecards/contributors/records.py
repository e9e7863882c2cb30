"""The tables of the partnerships and partners that scorecards show, as partners announces them."""

from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlmodel import Field, SQLModel


class ContributorRow(SQLModel, table=True):
    __tablename__ = "contributor"

    partner_id: UUID = Field(primary_key=True)
    name: str


contributor: Any = ContributorRow


class MeasuredPartnershipRow(SQLModel, table=True):
    """`status` is null where it was last heard of by a release that did not keep it."""

    __tablename__ = "measured_partnership"

    partnership_id: UUID = Field(primary_key=True)
    name: str
    status: str | None = Field(default=None, sa_type=String)


measured_partnership: Any = MeasuredPartnershipRow


class ContributionRow(SQLModel, table=True):
    """Says that the partner is a member of the partnership."""

    __tablename__ = "contribution"

    partnership_id: UUID = Field(primary_key=True)
    partner_id: UUID = Field(primary_key=True, index=True)


contribution: Any = ContributionRow
