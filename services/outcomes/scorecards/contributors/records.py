"""The tables of what partners says of partnerships, as far as scorecards show it."""

from uuid import UUID

from sqlmodel import Field, SQLModel


class ContributorRow(SQLModel, table=True):
    __tablename__ = "contributor"

    partner_id: UUID = Field(primary_key=True)
    name: str


class MeasuredPartnershipRow(SQLModel, table=True):
    __tablename__ = "measured_partnership"

    partnership_id: UUID = Field(primary_key=True)
    name: str


class ContributionRow(SQLModel, table=True):
    """The partner is a member of the partnership."""

    __tablename__ = "contribution"

    partnership_id: UUID = Field(primary_key=True)
    partner_id: UUID = Field(primary_key=True, index=True)
