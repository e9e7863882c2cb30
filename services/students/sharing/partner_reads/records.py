"""The table of how far the disclosure log has been looked through."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class ReadUntilRow(SQLModel, table=True):
    """One row: what partners read until the log's row number `seq` is noted."""

    __tablename__ = "read_until"

    id: int = Field(default=1, primary_key=True)
    seq: int = Field(default=0, sa_type=BigInteger)
