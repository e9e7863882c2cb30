"""The table of groups that observations are about."""

from typing import Any, ClassVar

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class GroupRow(SQLModel, table=True):
    __tablename__ = "disaggregate"
    __table_args__: ClassVar = (UniqueConstraint("dimension", "value"),)

    id: int | None = Field(default=None, primary_key=True)
    dimension: str
    value: str


disaggregate: Any = GroupRow
