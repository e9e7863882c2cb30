"""Under which id a record is known elsewhere."""

from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlmodel import Field, SQLModel


class DirectoryIdentifierRow(SQLModel, table=True):
    """HSDS ids are UUIDs in principle and any text in practice; `source` says whose."""

    __tablename__ = "directory_identifier"

    source: str = Field(primary_key=True)
    noun: str = Field(primary_key=True, sa_type=String)
    source_id: str = Field(primary_key=True)
    record_id: UUID = Field(index=True)


directory_identifier: Any = DirectoryIdentifierRow
