"""The tables of clients and their keys. An ended key is kept, so that it cannot be added again."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.contracts.partners.client import ClientStatus
from shared.persistence.records import Record, new_id


class ClientRow(Record, table=True):
    __tablename__ = "client"

    partner_id: UUID = Field(index=True, foreign_key="partner.id")
    name: str
    status: str = Field(default=ClientStatus.LIVE, sa_type=String)
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


client: Any = ClientRow


class ClientKeyRow(SQLModel, table=True):
    __tablename__ = "client_key"
    __table_args__: ClassVar = (
        UniqueConstraint("client_id", "kid"),
        UniqueConstraint("client_id", "thumbprint"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    client_id: UUID = Field(foreign_key="client.id")
    kid: str
    thumbprint: str
    jwk: dict[str, str] = Field(sa_type=JSONB)
    added_at: datetime = Field(sa_type=DateTime(timezone=True))
    ended_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


client_key: Any = ClientKeyRow
