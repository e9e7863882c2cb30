"""The table of used assertions. Each is kept until it has expired and would be refused anyway."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field, SQLModel


class UsedAssertionRow(SQLModel, table=True):
    __tablename__ = "used_assertion"

    client_id: UUID = Field(primary_key=True, foreign_key="client.id")
    jti: str = Field(primary_key=True)
    expires_at: datetime = Field(index=True, sa_type=DateTime(timezone=True))


used_assertion: Any = UsedAssertionRow
