"""The local copy of the memberships by which people run a partner's programs."""

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class PartnerWorkerRow(SQLModel, table=True):
    """A membership in force, as the service partners announced it. Its end removes the row."""

    __tablename__ = "partner_worker"
    __table_args__: ClassVar = (
        Index("partner_worker_of_partner", "partner_id", "account_id"),
    )  # fmt: skip

    membership_id: UUID = Field(primary_key=True)
    partner_id: UUID
    account_id: UUID


partner_worker: Any = PartnerWorkerRow
