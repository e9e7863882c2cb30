"""The table of the row up to which partners' reads are noted from the disclosure log."""

from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class ReadUntilRow(SQLModel, table=True):
    """One row: partners' reads are noted up to the log's row number `seq`."""

    __tablename__ = "read_until"

    id: int = Field(default=1, primary_key=True)
    seq: int = Field(default=0, sa_type=BigInteger)


read_until: Any = ReadUntilRow
