"""The table of the link that admits the first operator. Only the hash of its secret is kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime
from sqlmodel import Field, SQLModel


class OperatorLinkRow(SQLModel, table=True):
    """The one link that counts. Another link replaces it, and the first operator removes it."""

    __tablename__ = "operator_link"

    secret_hash: bytes = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))


operator_link: Any = OperatorLinkRow
