"""The tables of accounts and their memberships."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from shared.contracts.partners.membership import MembershipStatus
from shared.persistence.records import Record, new_id


class AccountRow(SQLModel, table=True):
    """A person as the sign-in names them. Never deleted, so that the trails of their acts still
    name them."""

    __tablename__ = "account"
    __table_args__: ClassVar = (UniqueConstraint("issuer", "subject"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    issuer: str
    subject: str


account: Any = AccountRow


class MembershipRow(Record, table=True):
    __tablename__ = "membership"
    __table_args__: ClassVar = (
        Index(
            "membership_live", "account_id", "role", "partner_id", "person_id", unique=True,
            postgresql_where=text("status = 'live'"), postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    account_id: UUID = Field(index=True, foreign_key="account.id")
    role: str = Field(sa_type=String)
    partner_id: UUID | None = Field(default=None, index=True, foreign_key="partner.id")
    person_id: UUID | None = None
    status: str = Field(default=MembershipStatus.LIVE, sa_type=String)
    ended_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


membership: Any = MembershipRow
