"""The table of memberships."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Index, String, text
from sqlmodel import Field

from shared.contracts.partners.membership import MembershipStatus
from shared.persistence.records import Record


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
